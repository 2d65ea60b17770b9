import ArgumentParser
import Essentials
import ModelFamilies
import ModelStore
import SpeechTypes
import TranscriptFormats

struct ShowModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a model's files, options, place, and what a request may say.")

    @Argument(help: "Name or alias of a model.") var name: String
    @OptionGroup var options: ModelsOptions

    func run() async throws {
        let models = try options.models()
        let entry: ModelEntry
        switch try await models.store.find(name) {
        case .local(let local): entry = local
        case .upstream(let upstream):
            return try StandardOutput.print(options.json ? upstream.json(models).text : upstream.text(models))
        }
        let status = await models.store.status(of: entry)
        try StandardOutput.print(options.json ? json(of: entry, models, status).text : text(of: entry, models, status))
    }

    private func text(of entry: ModelEntry, _ models: RegisteredModels, _ status: ModelStatus) -> String {
        let none = "-"
        func list(_ words: [String]) -> String { words.isEmpty ? none : words.joined(separator: ", ") }
        var lines = [
            ("Name", entry.name + (models.isDefault(entry.name) ? " (default)" : "")),
            ("Aliases", list(models.aliases(of: entry.name))),
            ("Type", entry.family.rawValue), ("Status", status.shown), ("Folder", entry.directory),
        ]
        for (index, file) in files(of: entry).enumerated() {
            let size = file.size.map { HumanFormat.bytes($0) } ?? "missing"
            lines.append((index == 0 ? "Files" : "", "\(file.name): \(file.path) (\(size))"))
        }
        let request = RequestAdvice(for: entry.specification)
        lines += [
            ("Options", list(registeredOptions(of: entry).map { "\($0): \($1)" })),
            ("Download", entry.download?.description ?? none), ("Language", request.language),
            ("Hints", request.hints), ("Ignored", list(request.ignored)),
        ]
        return lines.map { $0 + String(repeating: " ", count: 10 - $0.count) + $1 }.joined(separator: "\n")
    }

    private func json(of entry: ModelEntry, _ models: RegisteredModels, _ status: ModelStatus) -> JSONValue {
        let files = files(of: entry).map { file -> JSONValue in
            [
                "name": .string(file.name), "path": .string(file.path),
                "size_bytes": file.size.map { .integer(Int($0)) } ?? nil,
            ]
        }
        return [
            "name": .string(entry.name), "default": .bool(models.isDefault(entry.name)),
            "aliases": .array(models.aliases(of: entry.name).map(JSONValue.string)),
            "type": .string(entry.family.rawValue), "status": .string(status.word),
            "download_percent": status.percent.map(JSONValue.integer) ?? nil, "directory": .string(entry.directory),
            "files": .array(files), "options": .object(registeredOptions(of: entry).map { ($0, .string($1)) }),
            "download": JSONValue(entry.download?.description), "request": RequestAdvice(for: entry.specification).json,
        ]
    }

    /// The registered files by logical name, with their sizes in bytes; `nil` if a file is missing.
    private func files(of entry: ModelEntry) -> [(name: String, path: String, size: Int64?)] {
        entry.specification.files.sorted { $0.key < $1.key }.map { name, path in
            var status = stat()
            return (name, path, stat(path, &status) == 0 ? Int64(status.st_size) : nil)
        }
    }

    private func registeredOptions(of entry: ModelEntry) -> [(key: String, value: String)] {
        let language = entry.options.language.map { [("language", $0.code)] } ?? []
        return language + entry.options.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
    }
}

/// Describes the effect of a request's fields on a model, from its family, its options and its files.
struct RequestAdvice {
    private let model: ModelSpecification
    private let languages: LanguageSupport?

    init(for model: ModelSpecification) {
        self.model = model
        languages = try? LanguageSupport(of: model)
    }

    var language: String {
        switch languages {
        case nil: return "known once the files are there"
        case .notTaken: return "makes no difference to this model"
        case .single(let only): return "\(only); the model knows no other"
        case .choice(let languages, _):
            let codes = languages.map(\.code).joined(separator: ", ")
            return codes + (languageUnlessTold.map { "; \($0) unless told" } ?? "; detected unless told")
        }
    }

    /// The language of a request that names none; `nil` if the model detects it, or if it is not known.
    var languageUnlessTold: Language? {
        switch languages {
        case .single(let only): only
        case .choice(_, let otherwise): model.options.language ?? otherwise
        case .notTaken, nil: nil
        }
    }

    /// The effect of `prompt` and `keywords`, in words.
    var hints: String {
        switch model.family.hints {
        case .hotwords where model.takesHints: "hotwords, as far as the model's tokens can spell them"
        case .hotwords where model.options.values["modeling_unit"] == "bbpe":
            "ignored: hotwords of byte pieces come from the option hotwords_file only"
        case .hotwords: "ignored; hotwords with the option decoding_method: modified_beam_search"
        case .context: "words that the model reads before it listens"
        case .contextByOption: "ignored; the option hotwords has words for every request"
        case .none: "ignored"
        }
    }

    /// The fields without effect, by their names in `x-asr-ignored`.
    var ignored: [String] {
        var fields = model.takesHints ? [] : ["prompt", "keywords"]
        if !model.family.takesLanguage { fields.append("language") }
        if !model.family.detectsLanguage { fields.append("languages") }
        // A request's temperature never reaches a model, although some families have an option of this name.
        return fields + ["temperature"]
    }

    var json: JSONValue {
        [
            "language": .array(model.languages.map { .string($0.code) }),
            "language_unless_told": JSONValue(languageUnlessTold?.code), "hints": .string(hints),
            "ignored": .array(ignored.map(JSONValue.string)),
        ]
    }
}
