public import NIOCore
import NIOPosix

/// Runs `body` with the port of a server on this machine that serves each of its connections with `serve`.
public func withTestServer<R: Sendable>(
    serving serve: @escaping @Sendable (NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> Void,
    isolation: isolated (any Actor)? = #isolation, _ body: (_ port: Int) async throws -> R
) async throws -> R {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
        host: "127.0.0.1", port: 0
    ) { connection in
        connection.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: connection)
        }
    }
    Task {
        try await channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { try? await serve(connection) }
                }
                group.cancelAll()
            }
        }
    }
    // Closing makes NIO hand out and end every accepted connection; none may be dropped.
    defer { channel.channel.close(promise: nil) }
    return try await body(channel.channel.localAddress?.port ?? 0)
}
