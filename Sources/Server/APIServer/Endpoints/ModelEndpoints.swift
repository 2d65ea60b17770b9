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
        for entry in registry.entries { models.append(await catalog.description(of: entry).json) }
        for (alias, name) in registry.aliases.sorted(by: { $0.key < $1.key }) {
            guard let entry = registry.entry(named: name) else { continue }
            models.append(await catalog.description(of: entry, as: alias).json)
        }
        return Response(json: ["object": "list", "data": .array(models)])
    }

    @Sendable func show(_ request: Request, context: APIContext) async throws -> Response {
        let name = id(in: context)
        let entry = try await catalog.resolve(name)
        return Response(json: await catalog.description(of: entry, as: name).json)
    }

    /// Deletes a model's downloaded files once no request uses them; its entry stays.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        try authentication.check(request)
        let name = id(in: context)
        let entry = try await catalog.resolve(name)
        guard entry.name == name else {
            throw APIError.invalid(
                "model", "'\(name)' is another name of the model '\(entry.name)'. Delete that one by its own name.")
        }
        try await hangUps.whileConnected(context.channel) { try await catalog.delete(entry) }
        return Response(json: ["id": .string(entry.name), "object": "model", "deleted": true])
    }

    /// A model's name may contain slashes.
    private func id(in context: APIContext) -> String {
        let path = context.parameters.getCatchAll().joined(separator: "/")
        return path.percentDecoded ?? path
    }
}

extension String {
    /// Decodes `%41` and the like; `nil` if an escape is malformed, or the bytes are not UTF-8.
    var percentDecoded: String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 2 else { return nil }
            bytes.append(UInt8(digits[0] * 16 + digits[1]))
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Response {
    /// A response with one JSON value.
    init(status: HTTPResponse.Status = .ok, json: JSONValue) {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text)))
    }
}
