import Concurrency
public import EngineLink
import Essentials
public import Logging
import Synchronization
import SystemPackage

/// A run of an engine that does one thing over one connection, and ends with it.
public struct EngineTask: Sendable {
    private let program: any EngineProgram
    private let logger: Logger

    /// How long a process may take to end that has let go of its connection.
    private static let patience = Duration.seconds(5)

    /// Describes a run; nothing is started yet.
    ///
    /// - Parameters:
    ///   - program: What is started.
    ///   - logger: Told what it writes to standard error.
    public init(_ program: any EngineProgram, logger: Logger) {
        self.program = program
        self.logger = logger
    }

    /// Starts the engine, talks to it, and kills it when all is said. If the task is cancelled, the connection ends.
    ///
    /// - Parameters:
    ///   - job: What the engine is for.
    ///   - descriptors: What is passed behind the connection's other end. They stay the caller's.
    ///   - talk: Called on a thread of its own, where it may block. If the engine lets go too early, it throws `EngineHangUp`.
    /// - Returns: What `talk` returns.
    /// - Throws: `EngineFailure` if the engine could not be started or let go too early, `CancellationError`, and what `talk`
    ///   throws.
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

/// What becomes of one run.
final class EngineTaskRun: Sendable {
    let ended = OneShot<EngineEnd>()
    private let theirs: Mutex<LinkSocket?>
    private let descriptors: [CInt]
    private let reason = Mutex<String?>(nil)

    /// - Parameters:
    ///   - theirs: The engine's end of the connection.
    ///   - descriptors: What goes with it.
    init(theirs: LinkSocket, descriptors: [CInt]) {
        self.theirs = Mutex(theirs)
        self.descriptors = descriptors
    }

    /// Why the engine was not started or gave up, if it said so.
    var refusal: String? { reason.withLock { $0 } }

    /// Passes everything to the engine. If that is gone already, its end tells so; if the system does not let them pass, this
    /// ends the engine.
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

    /// Only the first reason counts.
    func refuse(_ reason: String) {
        self.reason.withLock { $0 = $0 ?? reason }
    }

    /// The process has ended. If it never began, its end of the connection is closed here.
    func end(_ end: EngineEnd) {
        theirs.withLock { $0 = nil }
        ended.resolve(.success(end))
    }
}

/// The engine let go of its connection before it had said all.
public struct EngineHangUp: Error {
    /// Says so.
    public init() {}
}

/// Why an engine did not do its one thing.
public struct EngineFailure: Error, Equatable, CustomStringConvertible {
    /// What became of it, to be read behind its name: `ended (signal 9)`.
    public let reason: String
    /// Why it was not started or gave up, and what to do, in sentences of its own; `nil` if it did not say.
    public let refusal: String?

    /// What became of it, in a sentence or more.
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
