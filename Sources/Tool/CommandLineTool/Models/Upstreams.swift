import Essentials
import ModelStore
import TranscriptFormats

/// Models on other servers, as the commands about models show them. Nothing is asked of the servers.
extension UpstreamEntry {
    /// What happens to recordings, in the place of a model's status.
    var shownStatus: String { "sends sound to \(hosts.joined(separator: ", "))" }

    func text(_ models: RegisteredModels) -> String {
        let none = "-"
        func list(_ words: [String]) -> String { words.isEmpty ? none : words.joined(separator: ", ") }
        func shown(_ flag: Bool?) -> String { flag.map { $0 ? "yes" : "no" } ?? "asked of the servers" }
        var lines = [
            ("Name", name + (models.isDefault(name) ? " (default)" : "")),
            ("Aliases", list(models.aliases(of: name))), ("Type", Self.type), ("Status", shownStatus),
        ]
        for (index, server) in servers.enumerated() {
            lines.append(
                (
                    index == 0 ? "Servers" : "",
                    "\(server.url): \(server.model)\(server.key == nil ? "" : ", with a key")"
                ))
        }
        lines += [
            ("Timeout", HumanFormat.time(timeout)), ("Queue", maximumQueue.map { "\($0)" } ?? none),
            ("Fallback", fallback ?? none),
            ("Languages", declared.languages.map { list($0.map(\.code)) } ?? "asked of the servers"),
            ("Translates", shown(declared.translates)), ("Streams", shown(declared.streams)),
            ("Subtitles", shown(declared.writesSubtitles)), ("Realtime", shown(declared.isLive)),
        ]
        return lines.map { $0 + String(repeating: " ", count: 11 - $0.count) + $1 }.joined(separator: "\n")
    }

    func json(_ models: RegisteredModels) -> JSONValue {
        func flag(_ value: Bool?) -> JSONValue { value.map(JSONValue.bool) ?? nil }
        return [
            "name": .string(name), "type": .string(Self.type),
            "languages": .array((declared.languages ?? []).map { .string($0.code) }), "size_bytes": 0,
            "status": "upstream", "download_percent": nil, "default": .bool(models.isDefault(name)),
            "aliases": .array(models.aliases(of: name).map(JSONValue.string)),
            "sends_audio_to": .array(hosts.map(JSONValue.string)),
            "upstreams": .array(
                servers.map { ["url": .string($0.url.absoluteString), "model": .string($0.model)] }),
            "timeout": .number(timeout / .seconds(1)), "max_queue": maximumQueue.map(JSONValue.integer) ?? nil,
            "fallback": JSONValue(fallback), "translates": flag(declared.translates),
            "streams": flag(declared.streams), "subtitles": flag(declared.writesSubtitles),
            "realtime": flag(declared.isLive), "hints": flag(declared.takesHints),
        ]
    }
}
