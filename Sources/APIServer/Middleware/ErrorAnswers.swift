import Hummingbird

/// Turns whatever is thrown below into an answer in OpenAI's shape.
struct ErrorAnswers: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var answer = answer(to: error, context: context)
            // Only the endpoints for POST read bodies.
            answer.abandonsBody = request.hasBody && (answer.abandonsBody || request.method != .post)
            if answer.abandonsBody { LingeringClose.begin(on: context.channel) }
            return answer.response
        }
    }

    private func answer(to error: any Error, context: APIContext) -> APIError {
        if let answer = APIError(error) {
            context.log.info(
                "Answered with an error.",
                metadata: ["status": "\(answer.status.code)", "code": "\(answer.code)"])
            return answer
        }
        if context.channel.isActive {
            context.log.error("A request failed.", metadata: ["error": "\(error)"])
        } else {
            context.log.info("The client hung up before its answer.")
        }
        return .unforeseen
    }
}

extension Request {
    /// Whether the client sends anything behind the head (RFC 9112, section 6).
    fileprivate var hasBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
    }
}
