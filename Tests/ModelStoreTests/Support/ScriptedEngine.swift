import Concurrency
import EngineHost
import EngineLink
import Foundation
import Logging
import Synchronization

/// An engine that says what a test wants it to say.
struct ScriptedEngine: EngineProgram {
    /// Says it over the connection. If it returns no end, the engine stays, and is silent.
    let script: @Sendable (LinkSocket) throws -> EngineEnd?

    func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        do {
            let ends = try LinkSocket.pair()
            let door = LinkSocket(owning: ends.theirs)
            await began(0, LinkSocket(owning: ends.ours))
            guard order.job == .unpack, let connection = door.takeDescriptor(), let archive = door.takeDescriptor()
            else {
                return EngineEnd(status: "exit status 1")
            }
            close(archive)
            let socket = LinkSocket(owning: connection)
            let end = try await abandonable { [script] in
                // Where the server lets go, nothing more can be said.
                try? script(socket)
            }
            if let end { return end }
            while true {
                try await Task.sleep(for: .seconds(3600))
                _ = socket
            }
        } catch {
            return EngineEnd(status: "signal 9")
        }
    }
}

/// The real engine, watched.
struct ObservedEngine: EngineProgram {
    private let process = EngineProcess(.built)
    private let id = OneShot<Int32>()
    /// Whether it is stopped before it gets anything to do.
    var isStopped = false

    /// The id of its process, once there is one.
    var processID: Int32 { get async throws { try await id.value() } }

    func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        await process.run(order, logger: logger) { [isStopped, id] process, door in
            if isStopped { kill(process, SIGSTOP) }
            id.resolve(.success(process))
            await began(process, door)
        } notice: {
            await notice($0)
        }
    }
}
