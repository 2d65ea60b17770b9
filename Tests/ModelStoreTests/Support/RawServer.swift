import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A server that gives every connection the same bytes, well-formed or not, and hangs up.
final class RawServer: Sendable {
    fileprivate let all = Mutex<[String]>([])
    private let boundPort = Mutex(0)

    /// The heads of the requests so far.
    var heads: [String] { all.withLock { $0 } }

    /// Where it listens on this machine.
    fileprivate(set) var port: Int {
        get { boundPort.withLock { $0 } }
        set { boundPort.withLock { $0 = newValue } }
    }
}

/// Lends a server that answers with these bytes.
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
    let running = Task {
        try await channel.executeThenClose { connections in
            for try await connection in connections {
                try? await connection.executeThenClose { bytes, writer in
                    var head = ""
                    for try await piece in bytes {
                        head += String(buffer: piece)
                        if head.contains("\r\n\r\n") { break }
                    }
                    server.all.withLock { $0.append(head) }
                    try await writer.write(ByteBuffer(string: answer))
                }
            }
        }
    }
    defer { running.cancel() }
    return try await body(server)
}
