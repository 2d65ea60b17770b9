import Hummingbird
import Synchronization
import TranscriptFormats

/// `GET /health` for people and the product's page, `/health/live` and `/health/ready` for whoever restarts or routes.
final class HealthEndpoints: Sendable {
    private let catalog: ModelCatalog
    /// Set once the default model has been loaded, and kept while its engine restarts.
    private let hasBeenReady = Atomic(false)

    init(catalog: ModelCatalog) {
        self.catalog = catalog
    }

    @Sendable func health(_ request: Request, context: APIContext) async throws -> Response {
        if await defaultStatus() == .loaded { hasBeenReady.store(true, ordering: .relaxed) }
        return Response(json: ["status": hasBeenReady.load(ordering: .relaxed) ? "ok" : "loading"])
    }

    @Sendable func live(_ request: Request, context: APIContext) async throws -> Response {
        Response(json: ["status": "ok"])
    }

    @Sendable func ready(_ request: Request, context: APIContext) async throws -> Response {
        guard let name = catalog.registry.defaultModel else {
            throw APIError.modelFailed("The registry \(catalog.registry.file) names no default_model.")
        }
        let entry = try await catalog.store.resolve(name)
        switch await catalog.status(of: entry) {
        case .loaded: return Response(json: ["status": "ok"])
        case .failed:
            if case .failed(let reason) = await catalog.engines.status(of: name) { throw APIError.modelFailed(reason) }
            throw APIError.modelFailed("The default model '\(name)' cannot be used; the log says why.")
        case .missing where entry.download == nil:
            _ = try await catalog.store.prepare(entry, waitingUpTo: .zero)
            return Response(json: ["status": "ok"])
        case let status:
            throw APIError(
                status: .serviceUnavailable, code: "model_not_ready",
                message: "The default model '\(name)' is \(status.rawValue).", retryAfter: .seconds(5))
        }
    }

    private func defaultStatus() async -> ModelDescription.Status? {
        guard let name = catalog.registry.defaultModel, let entry = catalog.registry.entry(named: name) else {
            return nil
        }
        return await catalog.status(of: entry)
    }
}
