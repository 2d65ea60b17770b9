import Concurrency
import Hummingbird
import ModelStore
import SpeechTypes
import TranscriptFormats

/// `GET /v1/catalogue`: the models that can be added, and which to take first. Not part of OpenAI's API.
struct CatalogueEndpoint: Sendable {
    let catalog: ModelService
    let changes: ModelChanges

    /// Lists all models, or those of a `language` and with the words of `q`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let search = try Self.search(request)
        let (found, recommendations) = await elsewhere { [catalogue = catalog.catalogue] in
            let catalogue = catalogue()
            return (catalogue.entries(matching: search), catalogue.recommendations)
        }
        let registry = await catalog.registry
        var models: [JSONValue] = []
        for entry in found {
            let model = registry.entry(of: entry)
            var state: ModelState?
            if let model { state = await catalog.state(of: model) }
            models.append(entry.json(as: model?.name, state))
        }
        return Response(json: [
            "object": "list", "data": .array(models), "recommendations": .array(recommendations.flatMap(\.rows)),
            "changes": .string(changes.rawValue),
        ])
    }

    private static func search(_ request: Request) throws(APIError) -> CatalogueSearch {
        let query = request.uri.formFields
        var search = CatalogueSearch(words: (query["q"] ?? []).flatMap { $0.split(separator: " ").map(String.init) })
        if let name = query["language"]?.first, !name.isEmpty {
            guard let language = Language(named: name) else {
                throw .invalid(
                    "language",
                    "'\(name.excerpt)' is no language that is known here; write a code such as de, or an English name "
                        + "such as German.")
            }
            search.language = language
        }
        return search
    }
}

extension Recommendation {
    /// A row for each kind of machine.
    fileprivate var rows: [JSONValue] {
        choices.map { choice in
            [
                "language": JSONValue(language?.code), "machine": .string(choice.machine.rawValue),
                "id": .string(choice.model), "reason": .string(choice.reason),
            ]
        }
    }
}

extension CatalogueEntry {
    /// The entry, with the name and the state of the model that is registered for it.
    fileprivate func json(as model: String?, _ state: ModelState?) -> JSONValue {
        .object(
            [("id", .string(name)), ("object", "catalogue.model")] + members
                + [
                    ("registered", .bool(model != nil)), ("registered_as", JSONValue(model)),
                    ("status", JSONValue(state?.word)),
                ])
    }
}
