import HTTPTypes

/// Which web pages may use the server, and what browsers are told about it (the Fetch standard's CORS protocol).
struct CrossOriginPolicy: Sendable {
    private let listed: Set<AllowedOrigin>

    /// Allows these origins, beside the server's own.
    init(allowing origins: [AllowedOrigin]) {
        listed = Set(origins)
    }

    /// Whose request it is.
    enum Caller: Equatable {
        /// No page of another site: a program, or a page of the server itself.
        case own
        /// A page of an origin that is listed.
        case listed
        /// A page that nobody has allowed.
        case stranger(origin: String)
    }

    func caller(of request: HTTPRequest) -> Caller {
        guard let text = request.headerFields[.origin] else { return .own }
        guard let origin = WebOrigin(text) else { return listed.contains(.any) ? .listed : .stranger(origin: text) }
        if let authority = request.authority, origin.isSame(as: authority) { return .own }
        return listed.contains(.any) || listed.contains(.origin(origin)) ? .listed : .stranger(origin: text)
    }

    /// What every answer to a request says, errors too, so that a page that is listed can read it.
    func headers(answering request: HTTPRequest) -> HTTPFields {
        var headers: HTTPFields = [.vary: "Origin"]
        guard caller(of: request) == .listed else { return headers }
        headers[.accessControlAllowOrigin] = listed.contains(.any) ? "*" : request.headerFields[.origin]
        headers[.accessControlExposeHeaders] = Self.exposed
        return headers
    }

    /// Whether a browser asks beforehand what it may send.
    func isPreflight(_ request: HTTPRequest) -> Bool {
        request.method == .options && request.headerFields[.origin] != nil
            && request.headerFields[.accessControlRequestMethod] != nil
    }

    /// What the answer to a preflight says beside `headers`.
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

    /// SDKs send headers of their own, which mean nothing here and do no harm: what is asked for is granted.
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
    /// A browser asks whether a page of the internet may reach this private network (Private Network Access).
    static let accessControlRequestPrivateNetwork = Self.fixed("Access-Control-Request-Private-Network")
    /// The answer to that.
    static let accessControlAllowPrivateNetwork = Self.fixed("Access-Control-Allow-Private-Network")
}
