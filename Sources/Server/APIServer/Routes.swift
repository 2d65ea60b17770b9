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

    /// The routes that are sent a recording.
    static let recordings: Set<String> = ["/v1/audio/transcriptions", "/v1/audio/translations"]
    /// The routes that need no key. All others do, and so does every path without a route.
    static let open: Set<String> = ["/health", "/health/live", "/health/ready"]
    /// The routes that machines ask all day long.
    static let probes = open.union(["/metrics"])

    private typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private var table: [(method: HTTPRequest.Method, path: RouterPath, handler: Handler)] {
        [
            (.post, "/v1/audio/transcriptions", transcriptions.create),
            (.post, "/v1/audio/translations", translations.create),
            (.get, "/v1/models", models.list),
            (.get, "/v1/models/**", models.show),
            (.delete, "/v1/models/**", models.delete),
            (.get, "/v1/ps", engines.list),
            (.get, "/metrics", metrics.show),
            (.get, "/health", health.health),
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

    /// The route that a request took, whatever way its path was spelled; `nil` if it has none.
    static func path(in context: APIContext) -> String? {
        // For some answers of its own, the router puts a word there that is no path.
        context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    /// The methods that the server knows.
    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
}
