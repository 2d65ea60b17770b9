import Concurrency
import NIOCore
import Synchronization

/// What is to be ended when a client hangs up: the work on the request of each connection, which has one at a time.
///
/// Connections tell it of their end themselves. To ask them now and then would take a timer for each request; to wait for
/// their end, a callback for each request that lives as long as the connection.
final class DisconnectRegistry: Sendable {
    private let executor: EventLoopExecutor
    private let ends = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])

    /// Work is done on an executor.
    init(on executor: EventLoopExecutor) {
        self.executor = executor
    }

    /// Does work for the client of a connection, and cancels it when the client hangs up, whatever it waits for.
    ///
    /// - Parameters:
    ///   - channel: The connection.
    ///   - work: What is to be done.
    /// - Returns: What came of it.
    /// - Throws: What the work throws, which is `CancellationError` as a rule once the client is gone.
    func whileConnected<R: Sendable>(
        _ channel: any Channel, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let task = Task(executorPreference: executor, operation: work)
        ends.withLock { $0[ObjectIdentifier(channel)] = task.cancel }
        defer { _ = ends.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) } }
        // It may have hung up before we could be told.
        if !channel.isActive { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Ends the work for a connection that has ended.
    func ended(_ channel: any Channel) {
        ends.withLock { $0[ObjectIdentifier(channel)] }?()
    }
}
