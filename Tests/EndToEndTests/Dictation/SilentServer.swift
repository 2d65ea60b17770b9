import NIOCore
import NIOPosix

/// Runs `body` with the address of a server that reads everything and never responds.
func withSilentServer<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> R
) async throws -> R {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: 0).get()
    let result: Result<R, any Error>
    do { result = .success(try await body("http://127.0.0.1:\(channel.localAddress?.port ?? 0)/v1")) } catch {
        result = .failure(error)
    }
    try await channel.close()
    return try result.get()
}
