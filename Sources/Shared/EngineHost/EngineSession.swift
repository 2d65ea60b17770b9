import Concurrency
public import EngineLink
import Essentials
import Logging

/// A run of an engine with one job and one connection. The engine is killed when this object is released.
public final class EngineSession: Sendable {
    /// Our end of the connection. It is disconnected when the process ends.
    public let socket: LinkSocket

    private let run: EngineTaskRun
    private let task: Task<Void, Never>

    /// Starts the engine.
    ///
    /// - Parameters:
    ///   - job: The engine's job.
    ///   - program: Starts the process.
    /// - Throws: `EngineFailure` if this process has no free descriptors.
    public init(_ job: EngineOrder.Job, on program: any EngineProgram) throws(EngineFailure) {
        let ends: (ours: CInt, theirs: CInt)
        do {
            ends = try LinkSocket.pair()
        } catch {
            throw EngineFailure(reason: "could not be started: \(error)")
        }
        socket = LinkSocket(owning: ends.ours)
        let run = EngineTaskRun(theirs: LinkSocket(owning: ends.theirs), descriptors: [])
        self.run = run
        task = Task {
            let order = EngineOrder(parent: getpid(), job: job)
            run.end(
                await program.run(order, logger: .silent) { _, door in
                    run.passAll(through: door)
                } notice: { notice in
                    if case .failed(let reason) = notice { run.refuse(reason) }
                })
        }
    }

    deinit {
        task.cancel()
    }

    /// Kills the process.
    public func cancel() {
        task.cancel()
    }

    /// Why the engine failed, after it has closed its connection.
    ///
    /// - Parameter limit: How long to wait for the process to end; after that it is killed.
    /// - Returns: The reason.
    /// - Throws: `CancellationError`.
    public func failure(within limit: Duration) async throws -> EngineFailure {
        let end = try await run.ended.value(within: limit)
        if end == nil { task.cancel() }
        return EngineFailure(end, refusal: run.refusal)
    }
}

extension Logger {
    /// For engines whose standard error is reported only when they end.
    static var silent: Logger { Logger(label: EngineExecutable.name) { _ in SwiftLogNoOpLogHandler() } }
}
