import HTTPTypes
import Hummingbird

/// Every endpoint of the server, one line each.
struct Routes: Sendable {
    let transcriptions: TranscriptionEndpoint
    let translations: TranslationEndpoint
    let models: ModelEndpoints
    let engines: EngineEndpoint
    let health: HealthEndpoints
    let metrics: MetricsEndpoint

    /// What the endpoints that are sent a recording have in common.
    static let recordings = "/v1/audio/"
    /// Where probes ask.
    static let health = "/health"
    /// Where Prometheus asks.
    static let metrics = "/metrics"

    private typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private var table: [(method: HTTPRequest.Method, path: RouterPath, handler: Handler)] {
        [
            (.post, "/v1/audio/transcriptions", transcriptions.create),
            (.post, "/v1/audio/translations", translations.create),
            (.get, "/v1/models", models.list),
            (.get, "/v1/models/**", models.show),
            (.delete, "/v1/models/**", models.delete),
            (.get, "/v1/ps", engines.list),
            (.get, RouterPath(Self.metrics), metrics.show),
            (.get, RouterPath(Self.health), health.health),
            (.get, "/health/live", health.live),
            (.get, "/health/ready", health.ready),
        ]
    }

    /// Adds the endpoints, and for each path an answer to the methods it does not have.
    func add(to router: Router<APIContext>) {
        for (method, path, handler) in table { router.on(path, method: method, use: handler) }
        for (path, routes) in Dictionary(grouping: table, by: \.path.description) {
            let allowed = routes.map(\.method.rawValue) + (routes.contains { $0.method == .get } ? ["HEAD"] : [])
            let refused = Self.methods.filter { !allowed.contains($0.rawValue) }
            for method in refused {
                router.on(RouterPath(path), method: method) { request, _ -> Response in
                    let known = allowed.joined(separator: ", ")
                    throw APIError(
                        status: .methodNotAllowed, code: "method_not_allowed",
                        message: "\(path) does not take \(request.method.rawValue); use \(known).", allow: known,
                        abandonsBody: true)
                }
            }
        }
    }

    /// The methods that the server knows.
    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
}
