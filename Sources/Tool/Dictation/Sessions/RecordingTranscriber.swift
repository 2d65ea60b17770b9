import Essentials
import SpeechTypes

/// Transcribes recordings and delivers the texts; a recording is kept until its text has been delivered.
public struct RecordingTranscriber: Sendable {
    private let service: any TranscriptionService
    private let template: TranscriptionRequest
    private let delivery: TextDelivery
    private let report: DictationEvents

    /// A shorter recording cannot contain speech, and servers reject it.
    private static let shortest = Duration.milliseconds(100)
    /// A longer recording probably contains speech: it is kept even if its text is empty.
    private static let longestBlank = Duration.seconds(2)

    /// Creates a transcriber.
    ///
    /// - Parameters:
    ///   - service: The service that transcribes.
    ///   - template: The request without the recording.
    ///   - delivery: Where texts are delivered.
    ///   - report: Called with each event.
    public init(
        service: any TranscriptionService, template: TranscriptionRequest, delivery: TextDelivery,
        report: @escaping DictationEvents
    ) {
        self.service = service
        self.template = template
        self.delivery = delivery
        self.report = report
    }

    /// Transcribes one recording, delivers the text, and removes the recording. If a detector heard no speech in it, it
    /// is not sent: models invent words for silence.
    ///
    /// Failures are reported with the path of the recording, which is then kept.
    /// - Parameters:
    ///   - recording: The recording.
    ///   - isMeant: Whether the user started and stopped it, and so meant it to contain speech.
    /// - Returns: The outcome.
    /// - Throws: `CancellationError`, and `DeliveryError` if the reader of standard output has closed the pipe; the
    ///   recording is then kept.
    func write(_ recording: Recording, isMeant: Bool = true) async throws -> SessionOutcome {
        guard recording.duration >= Self.shortest else {
            report(.note("Too short to hold speech."))
            recording.remove()
            return .silent
        }
        guard !recording.isSilent else {
            // In a continuous session, `MuteWatch` gives this warning, once.
            if isMeant {
                report(
                    .warning("The microphone gives only silence: is it muted, or the wrong one? See --list_devices."))
            }
            recording.remove()
            return .silent
        }
        guard recording.hasSpeech != false else {
            if isMeant { keepBlank(recording, "No speech was heard.") } else { recording.remove() }
            return .silent
        }
        do {
            let answer = try await transcribe(recording)
            let text = SpokenText.cleaned(answer)
            guard !text.isEmpty else {
                keepBlank(recording, "No speech was recognised.")
                return .silent
            }
            try await delivery.print(text + "\n")
            let copy = try await delivery.keep(text, saidAt: recording.began)
            copy.event.map(report)
            recording.remove()
            return copy.outcome
        } catch let error where error is ClientError || error is DeliveryError {
            report(
                .warning(
                    "\(error)\nThe recording is kept: \(recording.path)\nSend it again with: asr2clip --retry"))
            // If the reader has closed the pipe, the session ends, as in `asr2clip --vad | head -1`.
            if let error = error as? DeliveryError, error.isClosedPipe { throw error }
            return .failed
        }
    }

    /// Keeps a recording that was meant to contain speech although its text is empty.
    private func keepBlank(_ recording: Recording, _ words: String) {
        guard recording.duration > Self.longestBlank else {
            report(.note(words))
            return recording.remove()
        }
        report(
            .warning(
                "\(words) The recording is kept: \(recording.path)\n"
                    + "Send it again with: asr2clip --retry, or delete it with: asr2clip --retry --discard"))
    }

    private func transcribe(_ recording: Recording) async throws -> String {
        var request = template
        request.file = recording.path
        request.fileName = "recording.wav"
        request.duration = recording.duration
        report(.transcribing(recording.duration))
        defer { report(.transcribed) }
        return try await service.transcribe(request) { report(.progress($0)) }
    }
}
