import SpeechTypes
import Synchronization

/// Notices that a thread does not come back from a call that blocks.
///
/// Nobody can end such a call from outside. Whoever waits for it stops saying that the work goes on, and then the process is
/// ended from outside (`EngineJob`).
final class CallWatch: Sendable {
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    /// Makes a call.
    ///
    /// - Parameters:
    ///   - limit: How long it may take at the very most.
    ///   - call: The call.
    /// - Returns: What the call returns.
    /// - Throws: What the call throws.
    func during<R, E: Error>(limit: Duration, _ call: () throws(E) -> R) throws(E) -> R {
        deadline.withLock { $0 = .now + limit }
        defer { deadline.withLock { $0 = nil } }
        return try call()
    }

    /// Whether a call goes on for longer than it may.
    var isOverdue: Bool { deadline.withLock { $0.map { $0 < .now } ?? false } }
}
