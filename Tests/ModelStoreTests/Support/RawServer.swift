import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A server that sends the same bytes on every connection, well-formed or not, and closes it.
final class RawServer: Sendable {
    fileprivate let all = Mutex<[String]>([])
    private let boundPort = Mutex(0)

    /// The heads of the requests so far.
    var heads: [String] { all.withLock { $0 } }

    /// The port that it listens on.
    fileprivate(set) var port: Int {
        get { boundPort.withLock { $0 } }
        set { boundPort.withLock { $0 = newValue } }
    }

    fileprivate func serve(
        _ bytes: NIOAsyncChannelInboundStream<ByteBuffer>, _ writer: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ answer: String
    ) async throws {
        var head = ""
        for try await piece in bytes {
            head += String(buffer: piece)
            if head.contains("\r\n\r\n") { break }
        }
        all.withLock { $0.append(head) }
        try await writer.write(ByteBuffer(string: answer))
    }
}

/// Runs `body` with a server that responds with these bytes.
func withRawServer<R: Sendable>(
    answer: String, isolation: isolated (any Actor)? = #isolation, _ body: (RawServer) async throws -> R
) async throws -> R {
    let server = RawServer()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
        host: "127.0.0.1", port: 0
    ) { connection in
        connection.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: connection)
        }
    }
    server.port = channel.channel.localAddress?.port ?? 0
    Task {
        try await channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { try? await connection.executeThenClose { try await server.serve($0, $1, answer) } }
                }
                group.cancelAll()
            }
        }
    }
    // Closing makes NIO hand out and end every accepted connection; none may be dropped.
    defer { channel.channel.close(promise: nil) }
    return try await body(server)
}
