import HTTPTypes
import Hummingbird

/// Decides which web pages may use the server, and makes the headers for browsers (the Fetch standard's CORS protocol).
struct CrossOriginPolicy: Sendable {
    /// The origins that are allowed besides the server's own.
    private let listed: Set<AllowedOrigin>

    init(allowing origins: [AllowedOrigin]) { listed = Set(origins) }

    enum Caller: Equatable {
        /// Not a page of another site: a program, or a page of the server itself.
        case own
        /// A page of a listed origin.
        case listed
        /// A page whose origin is not allowed.
        case notAllowed(origin: String)
    }

    func caller(of request: HTTPRequest) -> Caller {
        guard let text = request.headerFields[.origin] else { return .own }
        guard let origin = WebOrigin(text) else { return listed.contains(.any) ? .listed : .notAllowed(origin: text) }
        if let authority = request.authority, origin.isSame(as: authority) { return .own }
        return listed.contains(.any) || listed.contains(.origin(origin)) ? .listed : .notAllowed(origin: text)
    }

    /// The headers of every response, errors included, so that a page of a listed origin can read it.
    func headers(answering request: HTTPRequest) -> HTTPFields {
        var headers: HTTPFields = [.vary: "Origin"]
        guard caller(of: request) == .listed else { return headers }
        headers[.accessControlAllowOrigin] = listed.contains(.any) ? "*" : request.headerFields[.origin]
        headers[.accessControlExposeHeaders] = Self.exposed
        return headers
    }

    /// Whether this is a browser's CORS preflight request.
    func isPreflight(_ request: HTTPRequest) -> Bool {
        request.method == .options && request.headerFields[.origin] != nil
            && request.headerFields[.accessControlRequestMethod] != nil
    }

    /// The headers of a preflight response, besides `headers`.
    func preflightHeaders(answering request: HTTPRequest) -> HTTPFields {
        var headers: HTTPFields = [
            .accessControlAllowMethods: "GET, POST, DELETE",
            .accessControlAllowHeaders: Self.allowedHeaders(
                requested: request.headerFields[.accessControlRequestHeaders] ?? ""),
            .accessControlMaxAge: "7200",  // Chromium remembers no longer
        ]
        if request.headerFields[.accessControlRequestPrivateNetwork] == "true" {
            headers[.accessControlAllowPrivateNetwork] = "true"
        }
        return headers
    }

    /// All requested headers are allowed: SDKs send headers of their own, which the server ignores.
    private static func allowedHeaders(requested: String) -> String {
        let known = ["authorization", "content-type", "x-request-id", "x-asr-progress"]
        let others = requested.lowercased().split { $0 == "," || $0 == " " }.map(String.init)
        return (known + others.filter { !known.contains($0) && HTTPField.Name($0) != nil }).joined(separator: ", ")
    }

    private static let exposed = [
        HTTPField.Name.requestID, .ignoredFields, .damagedPackets, .estimated, .processingMilliseconds, .retryAfter,
        .shouldRetry, .fallback, .upstreamRequestID,
    ].map { $0.canonicalName }.joined(separator: ", ")
}

extension HTTPField.Name {
    /// A browser's question whether a public page may reach this private network (Private Network Access).
    static let accessControlRequestPrivateNetwork = Self.fixed("Access-Control-Request-Private-Network")
    /// The answer to it.
    static let accessControlAllowPrivateNetwork = Self.fixed("Access-Control-Allow-Private-Network")
}

/// Refuses requests to names that are not the server's and requests of web pages that are not allowed, and answers
/// preflights. Programs other than browsers send no `Origin` and pass.
struct OriginPolicyMiddleware: RouterMiddleware {
    let hosts: AllowedHosts
    let policy: CrossOriginPolicy

    func handle(_ request: Request, context: APIContext, next: NextHandler) async throws -> Response {
        guard hosts.allow(request.head.authority) else {
            let authority = request.head.authority ?? ""
            let name = (HostName(authority)?.text ?? authority).shortened
            throw APIError(
                status: .forbidden, code: "host_not_allowed",
                message: "'\(name)' is not a name that this server answers to. Use localhost or 127.0.0.1, or start the"
                    + " server with --allowed-host \(name).",
                abandonsBody: true)
        }
        if case .notAllowed(let origin) = policy.caller(of: request.head) {
            throw APIError(
                status: .forbidden, code: "origin_not_allowed",
                message: "Pages from '\(origin.shortened)' may not use this server. To allow them, start it with"
                    + " --cors-origin \(origin.shortened).",
                abandonsBody: true)
        }
        guard policy.isPreflight(request.head) else { return try await next(request, context) }
        return Response(status: .noContent, headers: policy.preflightHeaders(answering: request.head))
    }
}

/// Lets allowed pages read their responses, errors included.
struct CrossOriginHeaders: RouterMiddleware {
    let policy: CrossOriginPolicy

    func handle(_ request: Request, context: APIContext, next: NextHandler) async throws -> Response {
        var response = try await next(request, context)
        response.headers.append(contentsOf: policy.headers(answering: request.head))
        return response
    }
}

extension String {
    /// The beginning of a text that a client sent, long enough to recognise it.
    fileprivate var shortened: String { count > 100 ? prefix(100) + "…" : self }
}
