import Essentials
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// An error response that a connection sends itself before it closes.
struct FinalErrorResponse {
    let error: APIError
    let policy: CrossOriginPolicy

    /// The JSON text of the error.
    var body: String { error.body.text }

    /// Makes the head of the response.
    ///
    /// - Parameter request: The request it answers, if there is one.
    /// - Returns: The head.
    func head(answering request: HTTPRequest?) -> HTTPResponse {
        var head = HTTPResponse(status: error.status, headerFields: error.headers)
        head.headerFields[.connection] = "close"
        head.headerFields[.contentLength] = "\(body.utf8.count)"
        head.headerFields[.requestID] = RequestID.choose(given: request?.headerFields[.requestID])
        if let request { head.headerFields.append(contentsOf: policy.headers(answering: request)) }
        return head
    }

    /// Sends the response and closes the connection.
    ///
    /// - Parameters:
    ///   - request: The request it answers, if there is one.
    ///   - context: Where in the channel it starts from; nothing else may be sent afterwards.
    func send(answering request: HTTPRequest?, context: ChannelHandlerContext) {
        write(.head(head(answering: request)), context)
        if request?.method != .head { write(.body(ByteBuffer(string: body)), context) }
        write(.end(nil), context)
        LingeringClose.begin(on: context.channel)
    }

    private func write(_ part: HTTPResponsePart, _ context: ChannelHandlerContext) {
        context.write(NIOAny(part), promise: nil)
    }
}

extension APIError {
    static func tooManyConnections(limit: Int) -> Self {
        APIError(
            status: .serviceUnavailable, code: "too_many_connections",
            message:
                "The server has \(HumanFormat.count(limit, "connection")), its limit (--max-connections). Try again soon, and use"
                + " connections for more than one request.",
            retryAfter: .seconds(1), abandonsBody: true)
    }

    static func headTooSlow(limit: Duration) -> Self {
        APIError(
            status: .requestTimeout, code: "request_timeout",
            message: "The head of the request was not there within \(HumanFormat.time(limit)) (--header-timeout).",
            abandonsBody: true)
    }

    static func bodyTooSlow(rate: Int, over time: Duration) -> Self {
        APIError(
            status: .requestTimeout, code: "request_timeout",
            message:
                "The request came in at less than \(HumanFormat.count(rate, "byte")) a second (--min-upload-rate) for \(HumanFormat.time(time)).",
            abandonsBody: true)
    }
}
