import Hummingbird
import TranscriptFormats

/// `GET /v1/models`, `GET /v1/models/{id}` and `DELETE /v1/models/{id}`.
struct ModelEndpoints: Sendable {
    let catalog: ModelCatalog
    let authentication: Authentication
    let hangUps: HangUps

    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var models: [JSONValue] = []
        for entry in await catalog.registry.entries { models.append(await catalog.description(of: entry).json) }
        return Response(json: ["object": "list", "data": .array(models)])
    }

    @Sendable func show(_ request: Request, context: APIContext) async throws -> Response {
        let entry = try await catalog.store.resolve(id(in: context))
        return Response(json: await catalog.description(of: entry).json)
    }

    /// Deletes a model's downloaded files, after the requests that use it; its entry stays.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        try authentication.check(request)
        let entry = try await catalog.store.resolve(id(in: context))
        try await hangUps.whileConnected(context.channel) { try await catalog.delete(entry) }
        return Response(json: ["id": .string(entry.name), "object": "model", "deleted": true])
    }

    /// A name may hold slashes.
    private func id(in context: APIContext) -> String {
        let path = context.parameters.getCatchAll().joined(separator: "/")
        return path.removingPercentEncoding ?? path
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
