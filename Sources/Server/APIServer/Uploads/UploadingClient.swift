import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// The client of an upload, as seen by the code that reads it.
struct UploadingClient: Sendable {
    /// Its address; all clients at one address count as one, and so do those of one IPv6 network, that is, one site.
    var address = ""
    /// Tells a waiting client to send the body now (RFC 9110, section 10.1.1). curl waits if the body is above 1 MiB.
    var askForBody: @Sendable () -> Void = {}
    /// Ends its upload for lack of room, with an error response.
    var end: @Sendable () -> Void = {}
}

extension APIContext {
    /// The client of this request.
    var client: UploadingClient {
        UploadingClient(
            address: channel.remoteAddress?.site ?? "",
            askForBody: { [channel] in
                channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
            },
            end: { [channel] in channel.pipeline.fireUserInboundEventTriggered(UploadGivesWay()) })
    }
}

/// The event for a connection whose upload has to make room for others.
struct UploadGivesWay: Sendable {}

extension SocketAddress {
    /// The IPv4 address, or the IPv6 network (64 bits: RFC 4291, section 2.5.4).
    fileprivate var site: String? {
        guard case .v6(let address) = self else { return ipAddress }
        return withUnsafeBytes(of: address.address.sin6_addr) { bytes in
            bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
