import HTTPTypes
import Hummingbird

/// Requires one of the server's keys, if it has any, except on open routes.
///
/// It checks the route that the router has matched, not the path as it was sent, which can be spelled in many ways.
struct Authentication: RouterMiddleware {
    let keys: [APIKey]

    func handle(_ request: Request, context: APIContext, next: NextHandler) async throws -> Response {
        let path = Routes.path(in: context)
        let isOpen = path.map(Routes.open.contains) ?? false
        // The endpoint of live sessions checks itself: it also takes client secrets.
        let isLive = path == Routes.live && request.method == .get
        if !keys.isEmpty, !isOpen, !isLive { try check(request) }
        return try await next(request, context)
    }

    /// Requires a key, even if the server has none; otherwise throws 401.
    func check(_ request: Request) throws(APIError) {
        guard !keys.isEmpty else {
            throw .unauthenticated(
                "This request needs an API key, but the server has none. Start it with --api-key or --api-key-file.")
        }
        try admit(Self.key(in: request.headers))
    }

    /// Checks a key; any will do if the server has none of its own. Throws 401.
    func admit(_ given: Substring?) throws(APIError) {
        guard !keys.isEmpty else { return }
        guard let given else {
            throw .unauthenticated(
                "This server requires an API key: send the header 'Authorization: Bearer KEY', 'x-api-key: KEY' or "
                    + "'api-key: KEY'.")
        }
        guard keys.admit(given) else {
            throw .unauthenticated("The API key is not one of this server's (--api-key, --api-key-file).")
        }
    }

    /// The key in a request's headers. `Authorization` is OpenAI's header, `api-key` Azure's.
    static func key(in headers: HTTPFields) -> Substring? {
        if let token = headers[.authorization].flatMap(bearer) { return token }
        return [HTTPField.Name.xAPIKey, .apiKey].lazy.compactMap { headers[$0]?[...] }.first { !$0.isEmpty }
    }

    /// The token of RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
    private static func bearer(_ header: String) -> Substring? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }
}

extension HTTPField.Name {
    fileprivate static let xAPIKey = Self.fixed("x-api-key")
    fileprivate static let apiKey = Self.fixed("api-key")
}

extension APIError {
    fileprivate static func unauthenticated(_ message: String) -> Self {
        APIError(
            status: .unauthorized, code: "invalid_api_key", message: message, fields: [.wwwAuthenticate: "Bearer"],
            abandonsBody: true
        )
    }
}
