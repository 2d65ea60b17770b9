import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// The headers that tell browsers to treat every response as mere data.
enum SecurityHeaders {
    private static let fields: HTTPFields = [
        .xContentTypeOptions: "nosniff",
        .contentSecurityPolicy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        .frameOptions: "DENY",
        .referrerPolicy: "no-referrer",
        .crossOriginResourcePolicy: "same-origin",
        .cacheControl: "no-store",
    ]

    /// Adds the headers that a response does not have yet.
    static func complete(_ headers: inout HTTPFields) {
        for field in fields where headers[field.name] == nil { headers.append(field) }
    }
}

extension HTTPField.Name {
    fileprivate static let frameOptions = Self.fixed("X-Frame-Options")
    fileprivate static let referrerPolicy = Self.fixed("Referrer-Policy")
}

/// Adds the security headers to every response.
final class SecurityHeadersHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.status.kind != .informational else {
            context.write(data, promise: promise)
            return
        }
        SecurityHeaders.complete(&head.headerFields)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
