import AsyncHTTPClient
import Collections
import Foundation
import NIOCore
import Synchronization

/// The sockets of a server's engines, and the client that speaks to them.
///
/// What the client knows of a path it never forgets (its connection pool, some KB), so a path is used again when its engine
/// has ended: a server that loads models for months then holds as much as one that has loaded a few.
final class EngineSockets: Sendable {
    /// How many paths rest. A job that still has the path of an engine that is gone finds nobody there, and not a stranger:
    /// that many engines have to end before a path comes back.
    static let resting = 8

    let client: HTTPClient
    private let directory: String
    private let paths = Mutex(Paths())

    private struct Paths {
        var made = 0
        var free: Deque<String> = []
    }

    /// Sockets in a directory that only this user may enter, spoken to on an event loop.
    init(in directory: String, eventLoop: any EventLoop) {
        self.directory = directory
        client = HTTPClient(eventLoopGroup: eventLoop, configuration: Self.configuration)
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        // A socket is one host to the client: without this the ninth job of an engine would wait unseen.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100_000
        // Who finds no socket has to know at once: the engine has ended, and the job goes to the next run.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = nil
        return configuration
    }

    /// A path for an engine, where nothing is; to be given back.
    func take() -> String {
        paths.withLock { paths in
            if paths.free.count > Self.resting, let path = paths.free.popFirst() { return path }
            paths.made += 1
            return "\(directory)/\(paths.made).sock"
        }
    }

    /// Takes a path back, whose engine has ended or was never started.
    func giveBack(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
        paths.withLock { $0.free.append(path) }
    }

    /// Ends the client. All engines have ended.
    func close() async {
        try? await client.shutdown()
    }
}
