import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// The client of an upload, as far as reading the upload has to do with it.
struct UploadingClient: Sendable {
    /// Where it is; clients at one address count as one.
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
            address: channel.remoteAddress?.ipAddress ?? "",
            askForBody: { [channel] in
                channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
            },
            end: { [channel] in channel.pipeline.fireUserInboundEventTriggered(UploadGivesWay()) })
    }
}

/// Told to a connection whose upload has to make room for others.
struct UploadGivesWay: Sendable {}
