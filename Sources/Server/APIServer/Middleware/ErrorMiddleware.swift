import Hummingbird

/// Turns errors into responses in OpenAI's shape.
struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var answer = answer(to: error, context: context)
            // Only the endpoints for POST read bodies.
            answer.abandonsBody = request.hasBody && (answer.abandonsBody || request.method != .post)
            return answer.response
        }
    }

    private func answer(to error: any Error, context: APIContext) -> APIError {
        if !context.channel.isActive { context.record.note(\.isAbandoned, true) }
        return context.record.answer(to: error)
    }
}

extension Request {
    /// Whether the client sends a body (RFC 9112, section 6).
    fileprivate var hasBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
    }
}
