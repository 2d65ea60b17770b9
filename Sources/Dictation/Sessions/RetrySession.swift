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

    /// Sends all recordings that wait, the oldest first.
    ///
    /// - Returns: Whether every text was delivered.
    /// - Throws: `RecordingError`, `CancellationError`.
    public func run() async throws -> Bool {
        let waiting = try store.takeWaiting()
        if waiting.isEmpty { report(.note("No recording waits to be sent.")) }
        var isComplete = true
        for recording in waiting {
            report(.note("Recorded \(recording.began.formatted(date: .abbreviated, time: .shortened)):"))
            do {
                try await scribe.write(recording)
            } catch let error as KeptRecording {
                isComplete = false
                report(.warning(error.description))
            }
        }
        return isComplete
    }
}
