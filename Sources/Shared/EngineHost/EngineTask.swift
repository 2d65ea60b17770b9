import Concurrency
public import EngineLink
import Essentials
public import Logging
import Synchronization
import SystemPackage

/// A run of an engine with one job and one connection; it ends with the connection.
public struct EngineTask: Sendable {
    private let program: any EngineProgram
    private let logger: Logger

    /// How long a process may take to end after it has closed its connection.
    private static let patience = Duration.seconds(5)

    /// Makes a run; starts nothing yet.
    ///
    /// - Parameters:
    ///   - program: Starts the process.
    ///   - logger: Receives the engine's standard error.
    public init(_ program: any EngineProgram, logger: Logger) {
        self.program = program
        self.logger = logger
    }

    /// Starts the engine, calls `talk`, and then kills the engine. Cancelling the task shuts the connection down.
    ///
    /// - Parameters:
    ///   - job: The engine's job.
    ///   - descriptors: Passed after the engine's end of the connection. The caller still owns them.
    ///   - talk: Called on a thread of its own, where it may block. It throws `EngineHangUp` if the engine closes the
    ///     connection too early.
    /// - Returns: The result of `talk`.
    /// - Throws: `EngineFailure` if the engine could not be started or closed the connection too early,
    ///   `CancellationError`, and the errors of `talk`.
    public func run<Result: Sendable>(
        _ job: EngineOrder.Job, passing descriptors: [CInt] = [],
        _ talk: @escaping @Sendable (LinkSocket) throws -> Result
    ) async throws -> Result {
        let ends: (ours: CInt, theirs: CInt)
        do {
            ends = try LinkSocket.pair()
        } catch {
            throw EngineFailure(reason: "could not be started: \(error)")
        }
        let socket = LinkSocket(owning: ends.ours)
        let run = EngineTaskRun(theirs: LinkSocket(owning: ends.theirs), descriptors: descriptors)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let order = EngineOrder(parent: getpid(), job: job)
                run.end(
                    await program.run(order, logger: logger) { _, door in
                        run.passAll(through: door)
                    } notice: { notice in
                        if case .failed(let reason) = notice { run.refuse(reason) }
                    })
            }
            defer { group.cancelAll() }
            do {
                return try await withTaskCancellationHandler {
                    try await onThread { try talk(socket) }
                } onCancel: {
                    socket.hangUp()
                }
            } catch {
                try Task.checkCancellation()
                guard error is EngineHangUp else { throw error }
                throw EngineFailure(try await run.ended.value(within: Self.patience), refusal: run.refusal)
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

/// The state of one run.
final class EngineTaskRun: Sendable {
    let ended = OneShot<EngineEnd>()
    private let theirs: Mutex<LinkSocket?>
    private let descriptors: [CInt]
    private let reason = Mutex<String?>(nil)

    /// - Parameters:
    ///   - theirs: The engine's end of the connection.
    ///   - descriptors: The descriptors to pass with it.
    init(theirs: LinkSocket, descriptors: [CInt]) {
        self.theirs = Mutex(theirs)
        self.descriptors = descriptors
    }

    /// The reason that the engine gave for not starting or giving up, if it gave one.
    var refusal: String? { reason.withLock { $0 } }

    /// Passes all descriptors to the engine. If the engine has ended already, its exit status says why. If the system
    /// refuses to pass them, this ends the engine.
    func passAll(through door: LinkSocket) {
        theirs.withLock { theirs in
            guard let connection = theirs?.descriptor else { return }
            defer { theirs = nil }
            do throws(Errno) {
                for descriptor in [connection] + descriptors { try door.pass(descriptor) }
            } catch {
                guard error != .brokenPipe, error != .connectionReset else { return }
                refuse("The engine cannot be given its work: \(error). Try again soon.")
                door.hangUp()
            }
        }
    }

    /// Records why the engine failed. Keeps the first reason.
    func refuse(_ reason: String) {
        self.reason.withLock { $0 = $0 ?? reason }
    }

    /// Records the end of the process. Closes the engine's end of the connection if it was never passed.
    func end(_ end: EngineEnd) {
        theirs.withLock { $0 = nil }
        ended.resolve(.success(end))
    }
}

/// The engine closed its connection before it had sent everything.
public struct EngineHangUp: Error {
    /// Makes the error.
    public init() {}
}

/// Why an engine did not do its job.
public struct EngineFailure: Error, Equatable, CustomStringConvertible {
    /// How the run ended, as a predicate for the engine's name: `ended (signal 9)`.
    public let reason: String
    /// The reason that the engine gave for not starting or giving up, and what to do, in full sentences; `nil` if it
    /// gave none.
    public let refusal: String?

    /// The failure in full sentences.
    public var description: String {
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
