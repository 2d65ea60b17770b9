import Foundation

/// Sends again what was recorded and never delivered.
public struct RetrySession: Sendable {
    private let store: RecordingStore
    private let scribe: Scribe
    private let report: DictationEvents

    /// Describes a session.
    public init(store: RecordingStore, scribe: Scribe, report: @escaping DictationEvents) {
        self.store = store
        self.scribe = scribe
        self.report = report
    }

    /// Sends all recordings that wait, the oldest first. What goes wrong is reported.
    ///
    /// - Throws: `RecordingError`, `CancellationError`.
    public func run() async throws -> SessionOutcome {
        let waiting = try store.takeWaiting()
        if waiting.isEmpty { report(.note("No recording waits to be sent.")) }
        var outcome = SessionOutcome.silent
        for recording in waiting {
            report(.note("Recorded \(recording.began.formatted(date: .abbreviated, time: .shortened)):"))
            outcome += try await scribe.write(recording)
        }
        return outcome
    }
}
