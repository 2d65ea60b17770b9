import Foundation
import Synchronization

/// A thread that is started before the sandbox is entered, and does its work inside.
final class EarlyThread: Sendable {
    private let start = DispatchSemaphore(value: 0)
    private let end = DispatchSemaphore(value: 0)
    private let outcome = Mutex(Int32(0))

    /// Starts the thread, which waits.
    init(_ work: @escaping @Sendable () -> Int32) {
        Thread.detachNewThread {
            self.start.wait()
            let outcome = work()
            self.outcome.withLock { $0 = outcome }
            self.end.signal()
        }
    }

    /// Runs the work on the thread.
    func run() -> Int32 {
        start.signal()
        end.wait()
        return outcome.withLock { $0 }
    }
}
