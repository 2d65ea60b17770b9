import HTTPTypes
import Hummingbird

/// Refuses requests to names that are not the server's and requests of web pages that are not allowed, and answers
/// preflights. Programs other than browsers send no `Origin` and pass.
struct OriginPolicyMiddleware: RouterMiddleware {
    let hosts: AllowedHosts
    let policy: CrossOriginPolicy

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard hosts.allow(request.head.authority) else { throw APIError.hostRefused(request.head.authority ?? "") }
        if case .stranger(let origin) = policy.caller(of: request.head) { throw APIError.originRefused(origin) }
        guard policy.isPreflight(request.head) else { return try await next(request, context) }
        return Response(status: .noContent, headers: policy.preflightHeaders(answering: request.head))
    }
}

/// Lets allowed pages read their responses, errors included.
struct CrossOriginHeaders: RouterMiddleware {
    let policy: CrossOriginPolicy

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers.append(contentsOf: policy.headers(answering: request.head))
        return response
    }
}

extension APIError {
    fileprivate static func hostRefused(_ authority: String) -> Self {
        let name = HostName(authority)?.text ?? authority
        return APIError(
            status: .forbidden, code: "host_not_allowed",
            message: "'\(name.shortened)' is not a name that this server answers to. Use localhost or 127.0.0.1, or"
                + " start the server with --allowed-host \(name.shortened).",
            abandonsBody: true)
    }

    fileprivate static func originRefused(_ origin: String) -> Self {
        APIError(
            status: .forbidden, code: "origin_not_allowed",
            message: "Pages from '\(origin.shortened)' may not use this server. To allow them, start it with"
                + " --cors-origin \(origin.shortened).",
            abandonsBody: true)
    }
}

extension String {
    /// The beginning of a text that a client sent, long enough to recognise it.
    fileprivate var shortened: String { count > 100 ? prefix(100) + "…" : self }
}
