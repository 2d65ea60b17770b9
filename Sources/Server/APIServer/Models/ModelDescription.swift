import TranscriptFormats

/// One model as `GET /v1/models` shows it.
struct ModelDescription: Sendable, Equatable {
    /// Where a model is on its way from the registry to being loaded.
    enum Status: String, Sendable {
        case missing, downloading, loading, loaded, unloaded, failed
    }

    let id: String
    /// Seconds since 1970.
    let created: Int
    /// The model that this is another name of.
    let aliasOf: String?
    let type: String
    let languages: [String]
    let status: Status
    /// How much has arrived, 0 to 100, while the model is being downloaded and its size is known.
    let downloadPercent: Int?
    let aliases: [String]
    let sizeInBytes: Int

    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("id", .string(id)), ("object", "model"), ("created", .integer(created)), ("owned_by", "local"),
        ]
        if let aliasOf { members.append(("alias_of", .string(aliasOf))) }
        members += [
            ("type", .string(type)), ("languages", .array(languages.map(JSONValue.string))),
            ("status", .string(status.rawValue)),
        ]
        if let downloadPercent { members.append(("download_percent", .integer(downloadPercent))) }
        members += [("aliases", .array(aliases.map(JSONValue.string))), ("size_bytes", .integer(sizeInBytes))]
        return .object(members)
    }
}
