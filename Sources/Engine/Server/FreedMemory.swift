import CProcess
import Synchronization

/// Gives the memory that was freed back to the system: glibc keeps what lies between blocks in use, and an engine at work
/// would hold some tens of megabytes of that (malloc_trim(3)).
final class FreedMemory: Sendable {
    private let lastReturn = Mutex<ContinuousClock.Instant?>(nil)

    /// It takes about a millisecond, in which nobody else gets memory.
    private static let interval = Duration.seconds(1)

    /// Gives it back, unless that was done within a second.
    func giveBack() {
        let isDue = lastReturn.withLock { last in
            let now = ContinuousClock.now
            guard last.map({ now - $0 >= Self.interval }) ?? true else { return false }
            last = now
            return true
        }
        #if os(Linux)
            if isDue { asr_return_freed_memory() }
        #endif
    }
}
