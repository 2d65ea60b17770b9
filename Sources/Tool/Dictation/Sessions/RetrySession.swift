import Essentials

/// Sends abandoned recordings again.
public struct RetrySession: Sendable {
    private let store: RecordingStore
    private let scribe: RecordingTranscriber
    private let report: DictationEvents

    /// Creates a session.
    public init(store: RecordingStore, scribe: RecordingTranscriber, report: @escaping DictationEvents) {
        self.store = store
        self.scribe = scribe
        self.report = report
    }

    /// Sends all abandoned recordings, oldest first. Failures are reported.
    ///
    /// - Throws: `RecordingError`, `CancellationError`, and `DeliveryError` if the reader of standard output has closed
    ///   the pipe.
    public func run() async throws -> SessionOutcome {
        let waiting = try store.takeWaiting()
        if waiting.isEmpty { report(.note("No recording waits to be sent.")) }
        var outcome = SessionOutcome.silent
        for recording in waiting {
            report(.note("Recorded \(recording.began.localStamp):"))
            outcome += try await scribe.write(recording)
        }
        return outcome
    }
}
