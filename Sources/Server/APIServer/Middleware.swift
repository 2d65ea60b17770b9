import HTTPTypes
import Hummingbird
import Logging
import SpeechTypes
import Upstreams

/// The rest of a request's way, behind a middleware.
typealias NextHandler = (Request, APIContext) async throws -> Response

/// Gives every request an id for its `x-request-id` header and its log lines, and reports how long a transcription
/// took.
struct RequestIDMiddleware: RouterMiddleware {
    let log: Logger

    func handle(_ request: Request, context: APIContext, next: NextHandler) async throws -> Response {
        var context = context
        context.identify(by: request.headers[.requestID], after: UpstreamHops(request.headers[.hops]), log: log)
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        if Routes.path(in: context).map(Routes.recordings.contains) == true {
            response.headers[.processingMilliseconds] = "\(Int(context.elapsed.inSeconds * 1000))"
        }
        // An error has a body even for HEAD, where the client would take it for the next response.
        return request.method == .head ? response.createHeadResponse() : response
    }
}

extension HTTPField.Name {
    /// A request header: the servers that have sent it on.
    fileprivate static let hops = Self.fixed(UpstreamHops.header)
}

/// Turns errors into responses in OpenAI's shape.
struct ErrorMiddleware: RouterMiddleware {
    func handle(_ request: Request, context: APIContext, next: NextHandler) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            if !context.channel.isActive { context.record.note(\.isAbandoned, true) }
            var answer = context.record.answer(to: error)
            // Only the endpoints for POST read bodies (RFC 9112, section 6, says which requests have one).
            let hasBody = request.headers[.transferEncoding] != nil || (request.headers[.contentLength] ?? "0") != "0"
            answer.abandonsBody = hasBody && (answer.abandonsBody || request.method != .post)
            return answer.response
        }
    }
}
