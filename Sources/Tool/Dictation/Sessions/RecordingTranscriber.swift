import Essentials
import SpeechTypes

/// Turns recordings into texts and delivers them; a recording is kept until its text has been delivered.
public struct RecordingTranscriber: Sendable {
    private let service: any TranscriptionService
    private let template: TranscriptionRequest
    private let delivery: TextDelivery
    private let report: DictationEvents

    /// A shorter recording holds no speech, and servers refuse it.
    private static let shortest = Duration.milliseconds(100)
    /// A longer recording was meant to hold speech: it is kept if no text comes of it.
    private static let longestBlank = Duration.seconds(2)

    /// Describes how texts come about.
    ///
    /// - Parameters:
    ///   - service: Whom to ask.
    ///   - template: What to ask, beside the recording.
    ///   - delivery: Where texts go.
    ///   - report: Who is told what happens.
    public init(
        service: any TranscriptionService, template: TranscriptionRequest, delivery: TextDelivery,
        report: @escaping DictationEvents
    ) {
        self.service = service
        self.template = template
        self.delivery = delivery
        self.report = report
    }

    /// Transcribes one recording, delivers the text, and removes the recording. One in which a detector heard no speech is
    /// not sent: models invent words for silence.
    ///
    /// What goes wrong is reported, with the place of the recording, which is then still there.
    /// - Parameters:
    ///   - recording: The recording.
    ///   - isMeant: Whether somebody said when it begins and ends, and so meant it to hold speech.
    /// - Returns: How it ended.
    /// - Throws: `CancellationError`, and `DeliveryError` if nobody reads standard output any more; the recording is then
    ///   still there.
    func write(_ recording: Recording, isMeant: Bool = true) async throws -> SessionOutcome {
        guard recording.duration >= Self.shortest else {
            report(.note("Too short to hold speech."))
            recording.remove()
            return .silent
        }
        guard !recording.isSilent else {
            // Of a session that goes on, `MuteWatch` tells it, once.
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
            // If nobody reads the texts, the session ends, as in `asr2clip --vad | head -1`.
            if let error = error as? DeliveryError, error.isClosedPipe { throw error }
            return .failed
        }
    }

    /// Keeps what was meant to hold speech although no text came of it.
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
