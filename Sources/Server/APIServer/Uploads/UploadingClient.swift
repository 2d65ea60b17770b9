import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// The client of an upload, as far as reading the upload has to do with it.
struct UploadingClient: Sendable {
    /// Where it is; clients at one address count as one, and so do those of one network of IPv6, which is one site's.
    var address = ""
    /// Tells a client that waits for it to send the body now (RFC 9110, section 10.1.1). curl waits so above 1 MiB.
    var askForBody: @Sendable () -> Void = {}
    /// Ends its upload for want of room, with an answer.
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

/// Told to a connection whose upload has to make room for others.
struct UploadGivesWay: Sendable {}

extension SocketAddress {
    /// The address, of IPv6 its network (64 bits: RFC 4291, section 2.5.4).
    fileprivate var site: String? {
        guard case .v6(let address) = self else { return ipAddress }
        return withUnsafeBytes(of: address.address.sin6_addr) { bytes in
            bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
