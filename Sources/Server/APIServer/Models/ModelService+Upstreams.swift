import Essentials
import ModelStore
import SpeechTypes
import TranscriptFormats
import Upstreams

extension ModelService {
    /// A model as `GET /v1/models` shows it, under its own name or another.
    func json(of model: RegisteredModel, as name: String? = nil) async -> JSONValue {
        switch model {
        case .local(let entry): await json(of: entry, as: name)
        case .upstream(let entry): await json(of: entry, as: name)
        }
    }

    /// A model on other servers: with its state as that of a model here, and with where recordings are sent.
    func json(of entry: UpstreamEntry, as name: String? = nil) async -> JSONValue {
        let model = upstreams.model(of: entry)
        let registry = await registry
        let capabilities = model.capabilities
        let aliases = registry.aliases.filter { $0.value == entry.name }.keys.sorted()
        var members: [(String, JSONValue)] = [
            ("id", .string(name ?? entry.name)), ("object", "model"), ("created", 0), ("owned_by", "upstream"),
        ]
        if let name, name != entry.name { members.append(("alias_of", .string(entry.name))) }
        members += [
            ("type", .string(UpstreamEntry.type)),
            ("languages", .array((capabilities.languages ?? []).map { .string($0.code) })),
        ]
        switch model.state {
        case .unknown: members.append(("status", "loading"))
        case .up: members.append(("status", "loaded"))
        case .down(let reason):
            members += [("status", "failed"), ("reason", .string("No server can be used: \(reason)."))]
        }
        members += [
            ("sends_audio_to", .array(entry.hosts.map(JSONValue.string))), ("fallback", JSONValue(entry.fallback)),
            ("default", .bool(registry.defaultModel == entry.name)),
            ("capabilities", .array(capabilities.words.map(JSONValue.string))),
            ("aliases", .array(aliases.map(JSONValue.string))), ("size_bytes", 0),
        ]
        return .object(members)
    }
}

extension UpstreamCapabilities {
    /// What the model is known to do besides plain text of recordings, in the words of the catalogue.
    fileprivate var words: [String] {
        [(Capability.translation.rawValue, translates), ("hints", takesHints)].filter { $0.1 == true }.map(\.0)
    }
}
