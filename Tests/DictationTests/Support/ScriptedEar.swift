import Concurrency
import EngineHost
import EngineLink
import Foundation
import Logging
import NIOCore
import Synchronization

/// A fake of the listening program: its processes send what a script says.
struct ScriptedEar: EngineProgram {
    /// The messages of a process, and how it ends.
    typealias Script = @Sendable (_ socket: LinkSocket, _ order: ListenOrder) throws -> Void

    private let scripts: [Script]
    private let count = Counter()

    /// Creates a program with one script for each process; the last is used for all further ones.
    init(_ scripts: Script...) {
        self.scripts = scripts
    }

    /// The number of started processes.
    var runs: Int { count.value.withLock { $0 } }

    func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        let number = count.value.withLock { value in
            defer { value += 1 }
            return value
        }
        guard case .listen(let listening) = order.job, let ends = try? LinkSocket.pair() else {
            return EngineEnd(status: "asked for something else")
        }
        let door = LinkSocket(owning: ends.theirs)
        await began(1, LinkSocket(owning: ends.ours))
        guard let descriptor = door.takeDescriptor() else { return EngineEnd(status: "got no descriptor") }
        let socket = LinkSocket(owning: descriptor)
        let script = scripts[min(number, scripts.count - 1)]
        await withTaskCancellationHandler {
            _ = try? await abandonable { try script(socket, listening) }
        } onCancel: {
            shutdown(socket.descriptor, Int32(SHUT_RDWR))
        }
        return EngineEnd(status: "signal 9")
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }
}

extension LinkSocket {
    func say(_ event: ListenEvent) throws { try send(Frame(message: event)) }

    /// Sends `began`.
    func begin() throws { try say(.began(device: "scripted", detectorFault: nil)) }

    /// Sends this many samples, without speech flags.
    func sound(_ level: Float, samples: Int) throws {
        for start in stride(from: 0, to: samples, by: 8000) {
            let count = min(8000, samples - start)
            try send(HeardSound(samples: [Float](repeating: level, count: count)).frame)
        }
    }

    /// Waits until the tool asks the process to stop.
    func untilEnough() { while !hasNews(within: .seconds(1)) {} }
}
