import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A proxy that opens tunnels (CONNECT, RFC 9110, section 9.3.6), all of them to one port of this machine.
final class TunnelProxy: Sendable {
    fileprivate let all = Mutex<[String]>([])
    fileprivate let boundPort = Mutex(0)

    /// The hosts and ports of the requested tunnels.
    var asked: [String] { all.withLock { $0 } }

    /// Its address.
    var url: String { "http://127.0.0.1:\(boundPort.withLock { $0 })" }

    fileprivate func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>, target: Int) async throws {
        try await client.executeThenClose { fromClient, toClient in
            var bytes = fromClient.makeAsyncIterator()
            var head = ""
            while !head.contains("\r\n\r\n"), let piece = try await bytes.next() { head += String(buffer: piece) }
            let words = head.split(separator: " ")
            guard words.first == "CONNECT", words.count > 1 else { return }
            all.withLock { $0.append(String(words[1])) }
            let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
                host: "127.0.0.1", port: target
            ) { connection in
                connection.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: connection)
                }
            }
            try await toClient.write(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"))
            try await server.executeThenClose { fromServer, toServer in
                try await withThrowingTaskGroup { group in
                    group.addTask { for try await piece in fromServer { try await toClient.write(piece) } }
                    while let piece = try await bytes.next() { try await toServer.write(piece) }
                    group.cancelAll()
                }
            }
        }
    }
}

/// Runs `body` with a proxy whose tunnels all lead to a port of this machine.
func withTunnelProxy<R: Sendable>(
    to target: Int, isolation: isolated (any Actor)? = #isolation, _ body: (TunnelProxy) async throws -> R
) async throws -> R {
    let proxy = TunnelProxy()
    return try await withTestServer(
        serving: { try await proxy.serve($0, target: target) }, isolation: isolation
    ) { port in
        proxy.boundPort.withLock { $0 = port }
        return try await body(proxy)
    }
}
