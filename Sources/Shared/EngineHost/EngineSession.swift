import Concurrency
package import EngineLink
import Essentials
package import Logging
import Synchronization
import SystemPackage

/// A run of an engine with one job and one connection. The engine is killed when this object is released.
package final class EngineSession: Sendable {
    /// Our end of the connection. It is disconnected when the process ends.
    package let socket: LinkSocket

    private let run: Run
    private let task: Task<Void, Never>

    /// Starts the engine. The descriptors, which the caller still owns, are passed after the engine's end of the
    /// connection. The logger receives the engine's standard error; `nil` if only its last lines matter, when it ends.
    ///
    /// - Throws: `EngineFailure` if this process has no free descriptors.
    package init(
        _ job: EngineOrder.Job, on program: any EngineProgram, passing descriptors: [CInt] = [], logger: Logger? = nil
    ) throws(EngineFailure) {
        let ends: (ours: CInt, theirs: CInt)
        do {
            ends = try LinkSocket.pair()
        } catch {
            throw EngineFailure(reason: "could not be started: \(error)")
        }
        socket = LinkSocket(owning: ends.ours)
        let run = Run(theirs: LinkSocket(owning: ends.theirs), descriptors: descriptors)
        self.run = run
        task = Task {
            run.end(
                await program.run(
                    EngineOrder(parent: getpid(), job: job),
                    logger: logger ?? Logger(label: EngineExecutable.name) { _ in SwiftLogNoOpLogHandler() }
                ) { _, door in
                    run.passAll(through: door)
                } notice: { notice in
                    if case .failed(let reason) = notice { run.refuse(reason) }
                })
        }
    }

    deinit { task.cancel() }

    package func cancel() { task.cancel() }

    /// Why the engine failed, after it has closed its connection. Waits up to the limit for the process to end, and then
    /// kills it.
    package func failure(within limit: Duration) async throws -> EngineFailure {
        let end = try await run.ended.value(within: limit)
        if end == nil { task.cancel() }
        return EngineFailure(end, refusal: run.refusal)
    }

    fileprivate func waitForEnd() async { await task.value }
}

private final class Run: Sendable {
    private struct State {
        var theirs: LinkSocket?
        var refusal: String?

        mutating func refuse(_ reason: String) { refusal = refusal ?? reason }
    }

    let ended = OneShot<EngineEnd>()
    private let state: Mutex<State>
    private let descriptors: [CInt]

    init(theirs: LinkSocket, descriptors: [CInt]) {
        state = Mutex(State(theirs: theirs))
        self.descriptors = descriptors
    }

    var refusal: String? { state.withLock { $0.refusal } }

    /// Passes all descriptors to the engine. If the engine has ended already, its exit status says why. If the system
    /// refuses to pass them, this ends the engine.
    func passAll(through door: LinkSocket) {
        state.withLock { state in
            guard let connection = exchange(&state.theirs, with: nil) else { return }
            do throws(Errno) {
                for descriptor in [connection.descriptor] + descriptors { try door.pass(descriptor) }
            } catch {
                guard error != .brokenPipe, error != .connectionReset else { return }
                state.refuse("The engine cannot be given its work: \(error). Try again soon.")
                door.hangUp()
            }
        }
    }

    func refuse(_ reason: String) { state.withLock { $0.refuse(reason) } }

    /// Records the end of the process. Closes the engine's end of the connection if it was never passed.
    func end(_ end: EngineEnd) {
        state.withLock { $0.theirs = nil }
        ended.resolve(.success(end))
    }
}

/// Runs engines with one job and one connection, which end with the connection.
package struct EngineTask: Sendable {
    private let program: any EngineProgram
    private let logger: Logger?

    /// How long a process may take to end after it has closed its connection.
    private static let patience = Duration.seconds(5)

    package init(_ program: any EngineProgram, logger: Logger?) {
        self.program = program
        self.logger = logger
    }

    /// Starts the engine, calls `talk`, and then kills the engine. Cancelling the task shuts the connection down.
    ///
    /// `talk` is called on a thread of its own, where it may block. It throws `EngineHangUp` if the engine closes the
    /// connection too early; the caller gets an `EngineFailure` then, as for an engine that could not be started.
    package func run<Result: Sendable>(
        _ job: EngineOrder.Job, passing descriptors: [CInt] = [],
        _ talk: @escaping @Sendable (LinkSocket) throws -> Result
    ) async throws -> Result {
        let session = try EngineSession(job, on: program, passing: descriptors, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await session.waitForEnd() }
            defer { session.cancel() }
            do {
                return try await withTaskCancellationHandler {
                    try await onThread { try talk(session.socket) }
                } onCancel: {
                    session.socket.hangUp()
                    session.cancel()
                }
            } catch {
                try Task.checkCancellation()
                guard error is EngineHangUp else { throw error }
                throw try await session.failure(within: Self.patience)
            }
        }
    }

    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let began = SystemThread.start { continuation.resume(with: Swift.Result { try body() }) }
            if !began {
                continuation.resume(throwing: EngineFailure(reason: "could not be started: \(ThreadRoom.advice)"))
            }
        }
    }
}

extension EngineProgram {
    /// Starts an engine for one question, and waits for the reply.
    ///
    /// - Throws: `EngineFailure` if there is no reply within the limit, `CancellationError`.
    package func ask<Reply: Decodable & Sendable>(
        _ job: EngineOrder.Job, for type: Reply.Type, within limit: Duration
    ) async throws -> Reply {
        try await EngineTask(self, logger: nil).run(job) { socket in
            do {
                guard let frame = try socket.receive(limit: Frame.longestReply, within: limit) else {
                    throw EngineHangUp()
                }
                return try frame.message(as: type)
            } catch let error where !(error is EngineHangUp) {
                throw EngineFailure(reason: "cannot be understood: \(error)")
            }
        }
    }
}

/// The engine closed its connection before it had sent everything.
package struct EngineHangUp: Error {
    package init() {}
}

/// Why an engine did not do its job.
package struct EngineFailure: Error, Equatable, CustomStringConvertible {
    /// How the run ended, as a predicate for the engine's name: `ended (signal 9)`.
    package let reason: String
    /// The reason that the engine gave for not starting or giving up, and what to do, in full sentences; `nil` if it
    /// gave none.
    package let refusal: String?

    package var description: String {
        refusal ?? "\(EngineExecutable.name) \(reason)\(reason.hasSuffix(".") ? "" : ".")"
    }

    init(reason: String, refusal: String? = nil) {
        self.reason = reason
        self.refusal = refusal
    }

    init(_ end: EngineEnd?, refusal: String?) {
        let status = end.map { $0.status.hasPrefix("could not") ? $0.status : "ended (\($0.status))" }
        let words = end.map(\.lastWords).flatMap { $0.isEmpty || $0 == refusal ? nil : ": \($0)" } ?? ""
        self.init(reason: (status ?? "broke its connection") + words, refusal: refusal)
    }
}
