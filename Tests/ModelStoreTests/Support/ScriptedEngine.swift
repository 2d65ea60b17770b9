import Concurrency
import EngineHost
import EngineLink
import Foundation
import Logging
import Synchronization

/// An engine that sends what a test's script says.
struct ScriptedEngine: EngineProgram {
    /// Sends over the connection. If it returns `nil`, the engine keeps running and stays silent.
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
                // Fails if the server closes the connection; nothing more can be sent then.
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

/// The real engine under observation.
struct ObservedEngine: EngineProgram {
    private let process = EngineProcess(.built)
    private let id = OneShot<Int32>()
    /// Whether it is stopped before it gets a job.
    var isStopped = false

    /// Its process id, once it is started.
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
