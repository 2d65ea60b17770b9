import Hummingbird
import TranscriptFormats

/// What `POST /v1/models/{id}` can do to a model.
enum ModelAction: String, CaseIterable {
    /// Downloads missing files.
    case pull
    /// Loads the model, after a download if files are missing.
    case load
    /// Ends the model's engine after its running requests.
    case unload
    /// Adds the catalogue's entry to models.yaml, and downloads its files.
    case add

    /// Whether it needs a key even on a server that has none. A transcription does all that the others do.
    var needsConfiguredKey: Bool {
        switch self {
        case .pull, .load: false
        case .unload, .add: true
        }
    }

    /// Reads the body of a request: `{"action": "pull"}`.
    ///
    /// - Returns: The action, and the names of fields that it does not have, fit for a header.
    /// - Throws: `APIError` 400, 413 or 415.
    static func read(
        from request: Request, _ client: UploadingClient
    ) async throws -> (action: Self, ignored: [String]) {
        try JSONBody.checkType(request)
        let body = try await body.read(request, from: client)
        guard let given = body[field], !given.isNull else {
            throw APIError.missing(field, "The body has no '\(field)'. \(example)")
        }
        guard let action = given.string.flatMap(Self.init) else {
            throw APIError.invalid(
                field,
                "The action \(given.text.excerpt) is none of \(allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        var form = FormReader.Form()
        if case .object(let members) = body { for (name, _) in members where name != field { form.noteSkipped(name) } }
        return (action, form.skipped.sorted())
    }

    private static let field = "action"
    private static let example = "Send {\"action\": \"pull\"}, or one of load, unload and add."
    private static let body = JSONBody(limit: 4 << 10, shorter: example, example: example)
}
