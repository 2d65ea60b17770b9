import Essentials

/// Sends again what was recorded and never delivered.
public struct RetrySession: Sendable {
    private let store: RecordingStore
    private let scribe: RecordingTranscriber
    private let report: DictationEvents

    /// Describes a session.
    public init(store: RecordingStore, scribe: RecordingTranscriber, report: @escaping DictationEvents) {
        self.store = store
        self.scribe = scribe
        self.report = report
    }

    /// Sends all recordings that wait, the oldest first. What goes wrong is reported.
    ///
    /// - Throws: `RecordingError`, `CancellationError`, and `DeliveryError` if nobody reads standard output any more.
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
