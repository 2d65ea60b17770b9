import HTTPTypes
import Hummingbird
import TranscriptFormats

/// `GET /v1/models`, and `GET`, `POST` and `DELETE /v1/models/{id}`.
struct ModelEndpoints: Sendable {
    let catalog: ModelService
    let authentication: Authentication
    let allowsChanges: Bool
    let hangUps: DisconnectRegistry

    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let registry = await catalog.registry
        var models: [JSONValue] = []
        for entry in registry.entries { models.append(await catalog.json(of: entry)) }
        for entry in registry.upstreams { models.append(await catalog.json(of: entry)) }
        for (alias, name) in registry.aliases.sorted(by: { $0.key < $1.key }) {
            guard let model = registry.model(named: name) else { continue }
            models.append(await catalog.json(of: model, as: alias))
        }
        return Response(json: ["object": "list", "data": .array(models)])
    }

    @Sendable func show(_ request: Request, context: APIContext) async throws -> Response {
        let name = name(in: context)
        return Response(json: await catalog.json(of: try await catalog.find(name), as: name))
    }

    /// Downloads, loads, unloads or adds a model. The work goes on after the response.
    @Sendable func change(_ request: Request, context: APIContext) async throws -> Response {
        try checkChangesAreAllowed()
        let (action, ignored) = try await ModelAction.read(from: request, context.client)
        if action.needsConfiguredKey { try authentication.check(request) }
        let name = name(in: context)
        let entry = try await catalog.change(name, action)
        context.log.info(
            "Accepted a change of a model.", metadata: ["model": "\(entry.name)", "action": "\(action.rawValue)"])
        var response = Response(status: .accepted, json: await catalog.json(of: entry))
        if !ignored.isEmpty { response.headers[.ignoredFields] = ignored.joined(separator: ", ") }
        return response
    }

    /// Deletes a model's downloaded files once no request uses them; its entry stays.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        try checkChangesAreAllowed()
        try authentication.check(request)
        let entry = try await catalog.model(name(in: context), to: "Delete")
        try await hangUps.whileConnected(context.channel) { try await catalog.delete(entry) }
        return Response(json: ["id": .string(entry.name), "object": "model", "deleted": true])
    }

    private func checkChangesAreAllowed() throws(APIError) {
        guard allowsChanges else { throw .modelChangesDisabled }
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
    init(status: HTTPResponse.Status = .ok, json: JSONValue) {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text)))
    }
}
