import Concurrency
import EngineHost
import EngineLink
import Foundation
import Logging
import ModelFamilies
import NIOCore
import SpeechTypes
import Synchronization

/// A fake of the engine program: a script responds to each job. Each run has a process id that no process has.
final class ScriptedEngine: EngineProgram {
    /// One run of it.
    final class Run: Sendable {
        /// The number of the run, from 1.
        let number: Int
        /// Its order.
        let order: EngineOrder
        fileprivate let end = OneShot<EngineEnd>()
        fileprivate let sockets = Mutex<[LinkSocket]>([])
        fileprivate let notice: @Sendable (EngineNotice) async -> Void

        fileprivate init(_ number: Int, _ order: EngineOrder, notice: @escaping @Sendable (EngineNotice) async -> Void)
        {
            self.number = number
            self.order = order
            self.notice = notice
        }

        /// Sends a notice.
        func say(_ notice: EngineNotice) async { await self.notice(notice) }

        /// Ends, as a process would.
        func die(_ status: String = "signal 9") { end.resolve(.success(EngineEnd(status: status))) }
    }

    /// One job of a run.
    struct Job: Sendable {
        /// The run.
        let run: Run
        /// The request.
        let request: EngineRequest
        private let socket: LinkSocket

        fileprivate init(_ request: EngineRequest, of run: Run, over socket: LinkSocket) {
            self.run = run
            self.request = request
            self.socket = socket
        }

        /// The recording.
        var path: String { if case .transcribe(let job) = request { job.path } else { "" } }

        /// Sends a reply, which may have no reader.
        func reply(_ reply: EngineReply) { try? socket.send(reply.frame()) }

        /// Sends events.
        func reply(_ events: TranscriptEvent...) { reply(.events(events)) }

        /// Sends raw bytes.
        ///
        /// - Returns: Whether they were sent.
        @discardableResult func send(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Foundation.send(socket.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// Waits for the next audio or command of a live session; `nil` if the server has closed the connection.
        func input() -> Frame? { (try? socket.receive(limit: Frame.longestRequest)) ?? nil }

        /// Reports an event of a live session.
        func report(_ event: LiveEvent) { reply(.live(event)) }

        /// Waits until the server closes the connection.
        func waitForHangUp() { _ = try? socket.receive(limit: 1 << 20) }
    }

    private let begin: @Sendable (Run) async -> Void
    private let answer: @Sendable (Job) -> Void
    private let made = Mutex<[Run]>([])

    /// The runs so far.
    var runs: [Run] { made.withLock { $0 } }

    /// Creates an engine.
    ///
    /// - Parameters:
    ///   - begin: Called when it has been started; by default, it sends `ready`.
    ///   - answer: Called for each job on a thread of its own. When it returns, the connection is closed.
    init(
        begin: @escaping @Sendable (Run) async -> Void, answer: @escaping @Sendable (Job) -> Void
    ) {
        self.begin = begin
        self.answer = answer
    }

    /// Creates an engine that is ready at once.
    convenience init(_ answer: @escaping @Sendable (Job) -> Void) {
        self.init(begin: { await $0.say(.ready) }, answer: answer)
    }

    func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        let run = made.withLock { made in
            made.append(Run(made.count + 1, order, notice: notice))
            return made[made.count - 1]
        }
        guard let ends = try? LinkSocket.pair() else { return EngineEnd(status: "no socket") }
        let door = LinkSocket(owning: ends.theirs)
        let isOpen = SystemThread.start { [answer] in
            while let descriptor = door.takeDescriptor() {
                let socket = LinkSocket(owning: descriptor)
                run.sockets.withLock { $0.append(socket) }
                let begins = SystemThread.start {
                    guard
                        let request = try? socket.receive(limit: Frame.longestRequest)?.message(as: EngineRequest.self)
                    else { return }
                    answer(Job(request, of: run, over: socket))
                    shutdown(socket.descriptor, Int32(SHUT_RDWR))
                }
                guard begins else { return run.die("no thread") }
            }
        }
        guard isOpen else { return EngineEnd(status: "no thread") }
        await began(1 << 30 + Int32(run.number), LinkSocket(owning: ends.ours))
        await begin(run)
        let end = await withTaskCancellationHandler {
            (try? await run.end.value()) ?? EngineEnd(status: "signal 9")
        } onCancel: {
            run.die("signal 9")
        }
        // As the system does with the sockets of an ended process.
        for socket in [door] + run.sockets.withLock({ $0 }) { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }
        return end
    }
}

extension EngineOrder {
    /// The model that the engine loads.
    var model: ModelSpecification? {
        if case .recognise(let order) = job { order.model } else { nil }
    }
}
