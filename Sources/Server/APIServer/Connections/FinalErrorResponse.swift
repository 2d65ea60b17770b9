import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// An error response that a connection sends itself before it closes.
struct FinalErrorResponse {
    let error: APIError
    let policy: CrossOriginPolicy

    var body: String { error.body.text }

    func head(answering request: HTTPRequest?) -> HTTPResponse {
        var head = HTTPResponse(status: error.status, headerFields: error.headers)
        head.headerFields[.connection] = "close"
        head.headerFields[.contentLength] = "\(body.utf8.count)"
        head.headerFields[.requestID] = APIContext.requestID(given: request?.headerFields[.requestID])
        if let request { head.headerFields.append(contentsOf: policy.headers(answering: request)) }
        return head
    }

    /// Sends the response to a request, if there is one, and closes the connection; nothing may be sent afterwards.
    func send(answering request: HTTPRequest?, context: ChannelHandlerContext) {
        var parts: [HTTPResponsePart] = [.head(head(answering: request)), .body(ByteBuffer(string: body)), .end(nil)]
        if request?.method == .head { parts.remove(at: 1) }
        for part in parts { context.write(NIOAny(part), promise: nil) }
        LingeringClose.begin(on: context.channel)
    }
}
