import Hummingbird
import TranscriptFormats

/// `GET /v1/models`, `GET /v1/models/{id}` and `DELETE /v1/models/{id}`.
struct ModelEndpoints: Sendable {
    let catalog: ModelService
    let authentication: Authentication
    let hangUps: DisconnectRegistry

    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let registry = await catalog.registry
        var models: [JSONValue] = []
        for entry in registry.entries { models.append(await catalog.json(of: entry)) }
        for (alias, name) in registry.aliases.sorted(by: { $0.key < $1.key }) {
            guard let entry = registry.entry(named: name) else { continue }
            models.append(await catalog.json(of: entry, as: alias))
        }
        return Response(json: ["object": "list", "data": .array(models)])
    }

    @Sendable func show(_ request: Request, context: APIContext) async throws -> Response {
        let name = name(in: context)
        return Response(json: await catalog.json(of: try await catalog.resolve(name), as: name))
    }

    /// Deletes a model's downloaded files once no request uses them; its entry stays.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        try authentication.check(request)
        let name = name(in: context)
        let entry = try await catalog.resolve(name)
        guard entry.name == name else {
            throw APIError.invalid(
                "model", "'\(name)' is another name of the model '\(entry.name)'. Delete that one by its own name.")
        }
        try await hangUps.whileConnected(context.channel) { try await catalog.delete(entry) }
        return Response(json: ["id": .string(entry.name), "object": "model", "deleted": true])
    }

    /// A model's name may contain slashes.
    private func name(in context: APIContext) -> String {
        let path = context.parameters.getCatchAll().joined(separator: "/")
        return path.percentDecoded
    }
}

extension String {
    /// The text with `%41` and the like decoded, or the text itself if the result is not UTF-8.
    var percentDecoded: String { String(validating: utf8.decodingPercents(), as: UTF8.self) ?? self }
}

extension Response {
    /// A response with one JSON value.
    init(json: JSONValue) {
        self.init(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text)))
    }
}
