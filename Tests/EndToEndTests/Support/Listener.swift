import NIOCore
import NIOPosix
import Synchronization

/// The connections that were made to a listener so far.
final class Connections: Sendable {
    private let number = Atomic(0)

    /// The number of connections.
    var count: Int { number.load(ordering: .relaxed) }

    fileprivate func add() { number.add(1, ordering: .relaxed) }
}

/// Runs `body` with the port of a listener on this machine that counts connections and never responds.
func withListener<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (_ port: Int, Connections) async throws -> R
) async throws -> R {
    let connections = Connections()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
            connections.add()
            return channel.close()
        }
        .bind(host: "127.0.0.1", port: 0).get()
    let result: Result<R, any Error>
    do { result = .success(try await body(listener.localAddress?.port ?? 0, connections)) } catch {
        result = .failure(error)
    }
    try await listener.close()
    return try result.get()
}
