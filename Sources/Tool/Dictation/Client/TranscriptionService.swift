import SpeechTypes

/// Turns recordings into text: a server, or the tool's own engine.
public protocol TranscriptionService: Sendable {
    /// Transcribes a recording.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - report: Called with each progress; the work waits for it.
    /// - Returns: The whole text, or the document in the requested format.
    /// - Throws: `ClientError`, `CancellationError`.
    func transcribe(
        _ request: TranscriptionRequest, report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) async throws -> String
}

/// The progress of a transcription.
public enum TranscriptionProgress: Sendable, Equatable {
    /// The share of the upload that has been sent, 0…1.
    case sent(Double)
    /// The recording has been processed up to here.
    case heard(Duration)
    /// Text to append; only if the request is streamed.
    case delta(String)
    /// A note on the result, such as a hint that had no effect.
    case notice(String)
    /// The attempt failed with this error; a retry follows after a pause.
    case retrying(ClientError, after: Duration)
}

extension TranscriptionService {
    /// Transcribes a recording without reporting progress.
    public func transcribe(_ request: TranscriptionRequest) async throws -> String {
        try await transcribe(request) { _ in }
    }
}
