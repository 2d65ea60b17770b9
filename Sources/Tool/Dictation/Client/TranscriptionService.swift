import SpeechTypes

/// What turns a recording into text: a server, or an engine of the tool's own.
public protocol TranscriptionService: Sendable {
    /// Transcribes a recording.
    ///
    /// - Parameters:
    ///   - request: What to ask.
    ///   - report: Told what happens meanwhile; the work waits for it.
    /// - Returns: The whole answer: the text, or the document in the format asked for.
    /// - Throws: `ClientError`, `CancellationError`.
    func transcribe(
        _ request: TranscriptionRequest, report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) async throws -> String
}

/// What happens while a recording is transcribed.
public enum TranscriptionProgress: Sendable, Equatable {
    /// So much of the recording has been sent, 0…1.
    case sent(Double)
    /// The recording has been heard up to here.
    case heard(Duration)
    /// The text grew by this; only if the request is streamed.
    case delta(String)
    /// Something to know of the answer, such as a hint that had no effect.
    case notice(String)
    /// It did not work yet and is tried again after a pause, and why.
    case retrying(ClientError, after: Duration)
}

extension TranscriptionService {
    /// Transcribes a recording without telling what happens meanwhile.
    public func transcribe(_ request: TranscriptionRequest) async throws -> String {
        try await transcribe(request) { _ in }
    }
}
