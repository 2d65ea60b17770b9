import Hummingbird
import TranscriptFormats

/// `GET /health` for people and the product's page, `/health/live` and `/health/ready` for supervisors and routers.
struct HealthEndpoints: Sendable {
    let catalog: ModelService
    let spool: UploadSpool

    /// `loading` until the default model has been loaded once; a later restart of its engine does not change it.
    @Sendable func health(_ request: Request, context: APIContext) async throws -> Response {
        var isLoaded = false
        if let name = await catalog.registry.defaultModel { isLoaded = await catalog.engines.hasBeenLoaded(name) }
        return Response(json: ["status": isLoaded ? "ok" : "loading"])
    }

    @Sendable func live(_ request: Request, context: APIContext) async throws -> Response {
        Response(json: ["status": "ok"])
    }

    /// 200 if a request for the default model would be accepted now; the check starts whatever is missing for that.
    @Sendable func ready(_ request: Request, context: APIContext) async throws -> Response {
        let registry = await catalog.registry
        guard let name = registry.defaultModel else {
            throw APIError.modelFailed("The registry \(registry.file) names no default_model.")
        }
        // Throws the reason if files are missing; a download that failed a while ago is retried.
        let model = try await catalog.store.prepare(catalog.store.resolve(name), waitingUpTo: .zero)
        try await spool.check()
        let status = await catalog.engines.wake(model)
        // The model was unloaded, and is loaded again with the next request.
        let isResting = status == .unloaded ? await catalog.engines.hasBeenLoaded(name) : false
        switch status {
        case .loaded: return Response(json: ["status": "ok"])
        case .failed(let reason): throw APIError.modelFailed(reason)
        case .unloaded where isResting: return Response(json: ["status": "ok"])
        case .loading, .unloaded:
            throw APIError(
                status: .serviceUnavailable, code: "model_not_ready",
                message: "The default model '\(name)' is being loaded.", retryAfter: .seconds(5))
        }
    }
}
