import Concurrency
import NIOCore
import Synchronization

/// Cancels the work of a connection's request when the client disconnects; a connection has one request at a time.
///
/// Connections report their end themselves. Polling would need a timer for each request; waiting for the end of the
/// connection, a callback for each request that lives as long as the connection.
final class DisconnectRegistry: Sendable {
    private let executor: EventLoopExecutor
    private let ends = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])

    /// Runs the work on an executor.
    init(on executor: EventLoopExecutor) {
        self.executor = executor
    }

    /// Runs work for the client of a connection, and cancels it when the client disconnects.
    ///
    /// - Parameters:
    ///   - channel: The connection.
    ///   - work: The work.
    /// - Returns: The result of the work.
    /// - Throws: What the work throws; usually `CancellationError` once the client is gone.
    func whileConnected<R: Sendable>(
        _ channel: any Channel, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let task = Task(executorPreference: executor, operation: work)
        ends.withLock { $0[ObjectIdentifier(channel)] = task.cancel }
        defer { _ = ends.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) } }
        // The client may have disconnected before the work was registered.
        if !channel.isActive { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Cancels the work of a connection that has ended.
    func ended(_ channel: any Channel) {
        ends.withLock { $0[ObjectIdentifier(channel)] }?()
    }
}
