public import NIOCore
import NIOPosix
import NIOSSL

/// Runs `body` with the port of a server on this machine that serves each of its connections with `serve`, over TLS if
/// there is a `certificate`: the name of one of the fixtures.
public func withTestServer<R: Sendable>(
    certificate: String? = nil,
    serving serve: @escaping @Sendable (NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> Void,
    isolation: isolated (any Actor)? = #isolation, _ body: (_ port: Int) async throws -> R
) async throws -> R {
    let tls = try certificate.map { name in
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(Fixtures.path("Tests/Fixtures/tls/\(name).pem"))
                    .map { .certificate($0) },
                privateKey: .privateKey(
                    NIOSSLPrivateKey(file: Fixtures.path("Tests/Fixtures/tls/\(name)-key.pem"), format: .pem))))
    }
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
        host: "127.0.0.1", port: 0
    ) { connection in
        connection.eventLoop.makeCompletedFuture {
            if let tls { try connection.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: connection)
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
