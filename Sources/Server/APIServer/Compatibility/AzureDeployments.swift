import Hummingbird

/// Azure OpenAI's spelling of our endpoints, `/openai/deployments/{deployment}/audio/…`: the deployment is the model. Azure's
/// clients also send a `model` in the form, which does not count. The query's `api-version` is not read.
extension AudioEndpoints {
    @Sendable func transcribeByDeployment(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context: context, model: Self.deployment(in: context))
    }

    @Sendable func translateByDeployment(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(
            request, context: context, model: Self.deployment(in: context), task: .translate,
            without: Self.onlyTranscribed)
    }

    private static func deployment(in context: APIContext) throws -> String {
        try context.parameters.require("deployment").percentDecoded
    }
}
