import SpeechTypes
import Synchronization

/// Detects that a blocking call hangs.
///
/// Such a call cannot be cancelled from inside the process. Its waiter stops sending signs of life, and the parent
/// process then kills the engine (`EngineJob`).
final class CallWatch: Sendable {
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    func during<R, E: Error>(limit: Duration, _ call: () throws(E) -> R) throws(E) -> R {
        deadline.withLock { $0 = .now + limit }
        defer { deadline.withLock { $0 = nil } }
        return try call()
    }

    var isOverdue: Bool { deadline.withLock { $0.map { $0 < .now } ?? false } }
}
