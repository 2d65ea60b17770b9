import HTTPTypes
import Hummingbird

/// Lets only those with a key use the API and see the metrics, if the server has keys; health is for everybody.
struct Authentication: RouterMiddleware {
    let keys: [APIKey]

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        if !keys.isEmpty, path.hasPrefix("/v1/") || path == "/v1" || path == Routes.metrics { try check(request) }
        return try await next(request, context)
    }

    /// Lets only those with a key through, even if the server has none.
    ///
    /// - Throws: `APIError` 401.
    func check(_ request: Request) throws(APIError) {
        guard !keys.isEmpty else {
            throw .unauthenticated(
                "This needs an API key, and the server has none. Start it with --api-key or --api-key-file.")
        }
        guard let given = request.headers[.authorization].flatMap(Self.bearer) else {
            throw .unauthenticated("This server wants an API key: send the header 'Authorization: Bearer KEY'.")
        }
        guard keys.admit(given) else {
            throw .unauthenticated("The API key is not one of this server's (--api-key, --api-key-file).")
        }
    }

    /// The token of RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
    private static func bearer(_ header: String) -> Substring? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }
}

extension APIError {
    fileprivate static func unauthenticated(_ message: String) -> Self {
        APIError(
            status: .unauthorized, code: "invalid_api_key", message: message, authenticate: "Bearer", abandonsBody: true
        )
    }
}
