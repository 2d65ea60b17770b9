import HTTPTypes

/// Decides which web pages may use the server, and makes the headers for browsers (the Fetch standard's CORS protocol).
struct CrossOriginPolicy: Sendable {
    private let listed: Set<AllowedOrigin>

    /// Allows these origins, besides the server's own.
    init(allowing origins: [AllowedOrigin]) {
        listed = Set(origins)
    }

    /// The sender of a request.
    enum Caller: Equatable {
        /// Not a page of another site: a program, or a page of the server itself.
        case own
        /// A page of a listed origin.
        case listed
        /// A page whose origin is not allowed.
        case stranger(origin: String)
    }

    func caller(of request: HTTPRequest) -> Caller {
        guard let text = request.headerFields[.origin] else { return .own }
        guard let origin = WebOrigin(text) else { return listed.contains(.any) ? .listed : .stranger(origin: text) }
        if let authority = request.authority, origin.isSame(as: authority) { return .own }
        return listed.contains(.any) || listed.contains(.origin(origin)) ? .listed : .stranger(origin: text)
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
            .accessControlAllowHeaders: Self.taken(asked: request.headerFields[.accessControlRequestHeaders] ?? ""),
            .accessControlMaxAge: "7200",  // Chromium remembers no longer
        ]
        if request.headerFields[.accessControlRequestPrivateNetwork] == "true" {
            headers[.accessControlAllowPrivateNetwork] = "true"
        }
        return headers
    }

    /// All requested headers are allowed: SDKs send headers of their own, which the server ignores.
    private static func taken(asked: String) -> String {
        let known = ["authorization", "content-type", "x-request-id", "x-asr-progress"]
        let others = asked.lowercased().split { $0 == "," || $0 == " " }.map(String.init)
        return (known + others.filter { !known.contains($0) && HTTPField.Name($0) != nil }).joined(separator: ", ")
    }

    private static let exposed = [
        HTTPField.Name.requestID, .ignoredFields, .damagedPackets, .estimated, .processingMilliseconds, .retryAfter,
        .shouldRetry,
    ].map { $0.canonicalName }.joined(separator: ", ")
}

extension HTTPField.Name {
    /// A browser's question whether a public page may reach this private network (Private Network Access).
    static let accessControlRequestPrivateNetwork = Self.fixed("Access-Control-Request-Private-Network")
    /// The answer to it.
    static let accessControlAllowPrivateNetwork = Self.fixed("Access-Control-Allow-Private-Network")
}
