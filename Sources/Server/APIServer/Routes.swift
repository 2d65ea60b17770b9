import HTTPTypes
import Hummingbird

/// Every endpoint of the server, one per line.
struct Routes: Sendable {
    let page = PageEndpoint()
    let audio: AudioEndpoints
    let models: ModelEndpoints
    let catalogue: CatalogueEndpoint
    let monitoring: MonitoringEndpoints
    let realtime: RealtimeEndpoint
    let whisperServer: WhisperServerEndpoints
    let whisperService: WhisperServiceEndpoints

    /// The routes that receive a recording.
    static let recordings: Set<String> = [
        "/v1/audio/transcriptions", "/v1/audio/translations", "/openai/deployments/{deployment}/audio/transcriptions",
        "/openai/deployments/{deployment}/audio/translations", "/inference", "/asr", "/detect-language",
    ]
    /// The routes that need no key. All others do, and so does every path without a route.
    static let open: Set<String> = [
        "/", "/page/**", "/docs", "/openapi.json", "/asyncapi.json", "/health", "/health/live", "/health/ready",
        "/healthz", "/readyz", "/ping",
    ]
    /// The route of live sessions, which also takes keys that no other route does.
    static let live = "/v1/realtime"
    /// The routes of which a log line each would hide all others: those that monitoring calls all the time, and the
    /// page's many files.
    static let probes = open.union(["/metrics"])

    private typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private var table: [(method: HTTPRequest.Method, path: RouterPath, handler: Handler)] {
        [
            (.get, "/", page.showStart),
            (.get, "/page/**", page.show),
            (.get, "/docs", page.showDocumentation),
            (.get, "/openapi.json", page.showOpenAPI),
            (.get, "/asyncapi.json", page.showAsyncAPI),
            (.post, "/v1/audio/transcriptions", audio.transcribe),
            (.post, "/v1/audio/translations", audio.translate),
            (.post, "/openai/deployments/{deployment}/audio/transcriptions", audio.transcribeByDeployment),
            (.post, "/openai/deployments/{deployment}/audio/translations", audio.translateByDeployment),
            (.post, "/inference", whisperServer.infer),
            (.post, "/load", whisperServer.refuseToLoad),
            (.post, "/asr", whisperService.transcribe),
            (.post, "/detect-language", whisperService.detectLanguage),
            (.get, "/v1/realtime", realtime.connect),
            (.post, "/v1/realtime/client_secrets", realtime.createSecret),
            (.get, "/v1/models", models.list),
            (.get, "/v1/models/**", models.show),
            (.post, "/v1/models/**", models.change),
            (.delete, "/v1/models/**", models.delete),
            (.get, "/v1/catalogue", catalogue.list),
            (.get, "/v1/ps", monitoring.listEngines),
            (.get, "/metrics", monitoring.showMetrics),
            (.get, "/health", monitoring.health),
            (.get, "/health/live", monitoring.live),
            (.get, "/health/ready", monitoring.ready),
            (.get, "/healthz", monitoring.live),
            (.get, "/readyz", monitoring.ready),
            (.get, "/ping", monitoring.live),
            (.get, "/version", monitoring.version),
        ]
    }

    /// Adds the endpoints, and for each path an error response to all other methods.
    func add(to router: Router<APIContext>) {
        for (method, path, handler) in table { router.on(path, method: method, use: handler) }
        for (path, routes) in Dictionary(grouping: table, by: \.path.description) {
            let allowed = routes.map(\.method.rawValue) + (routes.contains { $0.method == .get } ? ["HEAD"] : [])
            let known = allowed.joined(separator: ", ")
            for method in Self.methods + Self.otherMethods where !allowed.contains(method.rawValue) {
                router.on(RouterPath(path), method: method) { request, _ -> Response in
                    throw APIError(
                        status: .methodNotAllowed, code: "method_not_allowed",
                        message: "\(path) does not take \(request.method.rawValue); use \(known).",
                        fields: [.allow: known],
                        abandonsBody: true)
                }
            }
        }
    }

    /// The matched route of a request, however its path was spelled; `nil` if there is none.
    static func path(in context: APIContext) -> String? {
        // For some of its own responses, the router sets a word that is not a path.
        context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    /// The methods that programs send.
    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
    /// All others that the HTTP library reads; it refuses a request with any other one. No endpoint takes them.
    private static let otherMethods = [
        "TRACE", "CONNECT", "QUERY", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "SEARCH", "UNLOCK",
        "BIND",
        "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE", "M-SEARCH", "NOTIFY", "SUBSCRIBE",
        "UNSUBSCRIBE", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "SOURCE",
    ].compactMap { HTTPRequest.Method($0) }
}
