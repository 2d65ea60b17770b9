import HTTPTypes
import Hummingbird

/// `GET /` and `GET /page/**`: the page for people. It needs no key, has nothing of anybody's in it, and asks the API for
/// everything. So does the page at `GET /docs`, which shows `GET /openapi.json` and `GET /asyncapi.json`.
struct PageEndpoint: Sendable {
    @Sendable func showStart(_ request: Request, context: APIContext) async throws -> Response {
        try respond(with: Self.start, to: request)
    }

    @Sendable func show(_ request: Request, context: APIContext) async throws -> Response {
        // Clients that are made from the description write the slashes of a parameter as %2F.
        let path = context.parameters.getCatchAll().joined(separator: "/").percentDecoded
        // Their links are relative to `/`, so a browser would show them without styles and scripts.
        guard ![Self.start, Self.documentation].contains(path) else { throw HTTPError(.notFound) }
        return try respond(with: path, to: request)
    }

    @Sendable func showDocumentation(_ request: Request, context: APIContext) async throws -> Response {
        // The addresses on the page are relative, so that it works behind a proxy that adds a path.
        guard !request.uri.path.hasSuffix("/") else {
            return Response(status: .permanentRedirect, headers: [.location: "../docs"])
        }
        return try respond(with: Self.documentation, to: request)
    }

    @Sendable func showOpenAPI(_ request: Request, context: APIContext) async throws -> Response {
        respond(with: .openAPI, to: request)
    }

    @Sendable func showAsyncAPI(_ request: Request, context: APIContext) async throws -> Response {
        respond(with: .asyncAPI, to: request)
    }

    /// The files that are the pages at `/` and `/docs`.
    private static let start = "index.html"
    private static let documentation = "docs/index.html"

    private func respond(with path: String, to request: Request) throws -> Response {
        guard let file = PageFile.all[path] else { throw HTTPError(.notFound) }
        return respond(with: file, to: request)
    }

    private func respond(with file: PageFile, to request: Request) -> Response {
        var headers = Self.headers
        headers[.eTag] = file.tag
        if request.headers[.ifNoneMatch].map({ Self.lists(file.tag, in: $0) }) == true {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.content))
    }

    /// Whether `If-None-Match` names a tag; a proxy that compresses may have made it a weak one.
    private static func lists(_ tag: String, in header: String) -> Bool {
        let known = ["*", tag, "W/" + tag]
        return header.split { $0 == "," || $0 == " " }.contains { known.contains(String($0)) }
    }

    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; \
        media-src 'self' blob:; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'
        """

    /// Only these responses may do anything in a browser. All other ones have the policy of `SecurityHeaders`.
    private static let headers: HTTPFields = [
        .contentSecurityPolicy: policy,
        .permissionsPolicy: "microphone=(self)",
        .crossOriginOpenerPolicy: "same-origin",
        // A browser asks each time whether it has the newest version.
        .cacheControl: "no-cache",
    ]
}

extension HTTPField.Name {
    fileprivate static let permissionsPolicy = Self.fixed("Permissions-Policy")
    fileprivate static let crossOriginOpenerPolicy = Self.fixed("Cross-Origin-Opener-Policy")
}
