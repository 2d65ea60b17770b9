import HTTPTypes
import Hummingbird
import Logging

/// Gives every request an id, which its answer carries as `x-request-id` and its log lines too.
struct RequestNames: RouterMiddleware {
    let log: Logger

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.identify(by: request.headers[.requestID], log: log)
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        return response
    }
}
