import Concurrency
import Essentials
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket

extension UpstreamModel {
    /// Opens a live session on the server with the fewest requests in hand, or on the next one if that cannot, and closes it
    /// when `body` returns.
    ///
    /// - Throws: `UpstreamError`, `CancellationError`, or what `body` throws.
    package func withSession<R: Sendable>(
        requestID: String, hops: UpstreamHops, _ body: @Sendable (UpstreamSession) async throws -> R
    ) async throws -> R {
        let hops = try hops.header(passing: id)
        let headers: HTTPHeaders = ["X-Request-ID": requestID, "\(UpstreamHops.header)": hops]
        let (frames, key, lease) = try await firstAnswer { index, lease in
            let (frames, key) = try await clients[index].openSession(headers)
            return (frames, key, lease)
        }
        return try await frames.executeThenClose { inbound, outbound in
            defer {
                lease.end(.answered)
                // Written at once or never: the server may not read any more.
                let code = ByteBuffer(integer: UInt16(webSocketErrorCode: .normalClosure))
                frames.channel.writeAndFlush(WebSocketClient.frame(.connectionClose, code), promise: nil)
            }
            return try await body(UpstreamSession(on: lease.server, inbound, outbound, key: key))
        }
    }
}
