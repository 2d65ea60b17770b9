import TranscriptFormats

/// One model as shown by `GET /v1/models`.
struct ModelDescription: Sendable, Equatable {
    /// The state of a model, from its registration to being loaded.
    enum Status: String, Sendable {
        case missing, downloading, loading, loaded, unloaded, failed
    }

    let id: String
    /// Seconds since 1970.
    let created: Int
    /// The model that this id is an alias of.
    let aliasOf: String?
    let type: String
    let languages: [String]
    let status: Status
    /// How much has been downloaded, 0 to 100, while a download runs and its size is known.
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
