import Hummingbird
import TranscriptFormats

/// `GET /v1/models` and `GET /v1/models/{id}`.
struct ModelEndpoints: Sendable {
    let catalog: ModelCatalog

    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var models: [JSONValue] = []
        for entry in await catalog.registry.entries { models.append(await catalog.description(of: entry).json) }
        return Response(json: ["object": "list", "data": .array(models)])
    }

    @Sendable func show(_ request: Request, context: APIContext) async throws -> Response {
        // A name may hold slashes.
        let path = context.parameters.getCatchAll().joined(separator: "/")
        let id = path.removingPercentEncoding ?? path
        let entry = try await catalog.store.resolve(id)
        return Response(json: await catalog.description(of: entry).json)
    }
}

extension Response {
    /// An answer of one JSON value.
    init(status: HTTPResponse.Status = .ok, json: JSONValue) {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text)))
    }
}
