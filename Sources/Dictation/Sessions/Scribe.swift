import Foundation
import SpeechTypes

/// Turns recordings into texts and delivers them; a recording is kept until its text has been delivered.
public struct Scribe: Sendable {
    private let service: any TranscriptionService
    private let template: TranscriptionRequest
    private let delivery: TextDelivery
    private let report: DictationEvents

    /// A shorter recording holds no speech, and servers refuse it.
    private static let shortest = Duration.milliseconds(100)

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

    /// Transcribes one recording, delivers the text, and removes the recording.
    ///
    /// - Throws: `KeptRecording` if it did not come to that, `CancellationError`; the recording is then still there.
    func write(_ recording: Recording) async throws {
        guard recording.duration >= Self.shortest else {
            report(.note("Too short to hold speech."))
            return recording.remove()
        }
        guard !recording.isSilent else {
            report(.warning("The microphone gives only silence: is it muted, or the wrong one? See --list_devices."))
            return recording.remove()
        }
        do {
            let text = try await transcribe(recording)
            if text.isEmpty {
                report(.note("No speech was recognised."))
            } else {
                try delivery.print(text + "\n")
                if let warning = try await delivery.keep(text, saidAt: recording.began) { report(.warning(warning)) }
            }
            recording.remove()
        } catch let error as ClientError {
            throw KeptRecording(error.description, path: recording.path)
        } catch let error as DeliveryError {
            throw KeptRecording(error.description, path: recording.path)
        }
    }

    private func transcribe(_ recording: Recording) async throws -> String {
        var request = template
        request.file = recording.path
        request.fileName = "recording.wav"
        request.duration = recording.duration
        report(.transcribing(recording.duration))
        defer { report(.transcribed) }
        let text = try await service.transcribe(request) { report(.progress($0)) }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A recording whose text was not delivered, and why.
public struct KeptRecording: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed, where the recording is, and how to go on.
    public let description: String

    init(_ reason: String, path: String) {
        description = "\(reason)\nThe recording is kept: \(path)\nSend it again with: asr2clip --retry"
    }
}
