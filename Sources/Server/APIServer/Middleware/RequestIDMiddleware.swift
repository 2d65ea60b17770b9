import HTTPTypes
import Hummingbird
import Logging
import SpeechTypes

/// Gives every request an id for its `x-request-id` header and its log lines, and reports how long a transcription
/// took.
struct RequestIDMiddleware: RouterMiddleware {
    let log: Logger

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.identify(by: request.headers[.requestID], log: log)
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        if Routes.path(in: context).map(Routes.recordings.contains) == true {
            response.headers[.processingMilliseconds] = "\(Int(context.elapsed.inSeconds * 1000))"
        }
        // An error has a body even for HEAD, where the client would take it for the next response.
        return request.method == .head ? response.createHeadResponse() : response
    }
}
