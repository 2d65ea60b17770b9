import Concurrency
import Engines
import Essentials
import ModelFamilies
import ModelStore
import SpeechTypes
import TranscriptFormats

extension ModelService {
    /// The model as `GET /v1/models` shows it, under its own name or another.
    func json(of entry: ModelEntry, as name: String? = nil) async -> JSONValue {
        let state = await state(of: entry)
        let (created, languages, size) = await elsewhere { [store] in
            let model = entry.specification
            return (Self.created(model), model.languages.map(\.code), Int(store.sizeOnDisk(of: entry)))
        }
        let aliases = await registry.aliases.filter { $0.value == entry.name }.keys.sorted()
        var members: [(String, JSONValue)] = [
            ("id", .string(name ?? entry.name)), ("object", "model"), ("created", .integer(created)),
            ("owned_by", "local"),
        ]
        if let name, name != entry.name { members.append(("alias_of", .string(entry.name))) }
        members += [
            ("type", .string(entry.family.rawValue)), ("languages", .array(languages.map(JSONValue.string))),
            ("status", .string(state.word)),
        ]
        members += state.members
        members += [
            ("default", .bool(await registry.defaultModel == entry.name)),
            ("capabilities", .array(await capabilities(of: entry).map(JSONValue.string))),
        ]
        members += [("aliases", .array(aliases.map(JSONValue.string))), ("size_bytes", .integer(size))]
        return .object(members)
    }

    /// What a model can do besides plain text of recordings, in the words of the catalogue, and `hints`.
    private func capabilities(of entry: ModelEntry) async -> [String] {
        await elsewhere {
            let (model, family) = (entry.specification, entry.family)
            return [
                (Capability.times.rawValue, family.times == .tokens),
                (Capability.translation.rawValue, model.mayTranslate),
                (Capability.live.rawValue, family.isStreaming), ("hints", model.takesHints),
            ].filter(\.1).map(\.0)
        }
    }

    func state(of entry: ModelEntry) async -> ModelState {
        switch await store.state(of: entry) {
        case .missing(_, let failure): return failure.map { .failed(reason: $0.message) } ?? .missing
        case .downloading(let progress): return .downloading(progress)
        case .present: break
        }
        return switch await engines.status(of: entry.specification) {
        case .unloaded: .unloaded
        case .loading: .loading
        case .loaded: .loaded
        case .failed(let reason): .failed(reason: reason)
        }
    }

    /// When the model's files were last modified; 0 if there are none.
    private static func created(_ model: ModelSpecification) -> Int {
        let dates = model.files.values.compactMap { path in
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        return dates.max().map { Int(clamped: $0.timeIntervalSince1970) } ?? 0
    }
}

/// What clients see of a model's life, from missing files to a loaded engine.
enum ModelState: Sendable {
    case missing
    case downloading(DownloadProgress)
    case unloaded
    case loading
    case loaded
    /// The last download failed, or the model cannot be loaded; the reason is fit for a client.
    case failed(reason: String)

    /// The status in responses.
    var word: String {
        switch self {
        case .missing: "missing"
        case .downloading: "downloading"
        case .unloaded: "unloaded"
        case .loading: "loading"
        case .loaded: "loaded"
        case .failed: "failed"
        }
    }

    /// What responses say besides the status.
    var members: [(String, JSONValue)] {
        switch self {
        case .missing, .unloaded, .loading, .loaded: []
        case .failed(let reason): [("reason", .string(reason))]
        case .downloading(let progress):
            [
                ("downloaded_bytes", .integer(Int(progress.received))),
                ("total_bytes", progress.total.map { .integer(Int($0)) } ?? nil),
            ] + (progress.percent.map { [("download_percent", .integer($0))] } ?? [])
        }
    }
}
