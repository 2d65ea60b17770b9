import APIServer
import ArgumentParser
import Essentials
import ModelFamilies
import ModelStore
import SpeechTypes
import TranscriptFormats

/// `asr2clip models search`.
struct SearchModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search the catalogue of models that can be fetched.",
        discussion: """
            The catalogue has models that sherpa-onnx publishes. Without words, all are listed. Each word must match: a \
            language by its code or English name, something it can do, or a part of the name, type or description.

            Sizes are rounded. The speed (fast, medium, slow) is an estimate from the number of parameters. What the \
            models can do: times of words, punctuation, translation into English, and live recognition.

            Try it:
              asr2clip models search german
              asr2clip models search --language en --live
            """)

    @Argument(help: "Words that must all match.") var words: [String] = []
    @Option(help: .value("language", "Only models that know this language: a code or an English name."))
    var language: String?
    @Option(help: .value("type", "Only models of this type, such as whisper."), completion: .list(Self.types))
    var type: String?
    @Flag(help: "Only models that recognise speech as it arrives.") var live = false
    @OptionGroup var options: ModelsOptions

    private static let types = ModelFamily.allCases.map(\.rawValue)
    private static let shownLanguages = 4

    func validate() throws { _ = try search }

    private var search: CatalogueSearch {
        get throws {
            let family = type.flatMap(ModelFamily.init(rawValue:))
            if let type, family == nil {
                throw ValidationError("There is no type '\(type)'; write one of \(Self.types.listed).")
            }
            return CatalogueSearch(
                words: words, language: try language.map { try Language(argument: $0) }, family: family, isLive: live)
        }
    }

    func run() async throws {
        let found = Catalogue.builtIn.entries(matching: try search)
        let registered = RegisteredNames(options.registry.paths)
        if options.json {
            try StandardOutput.print(JSONValue.array(found.map { $0.json(registered) }).text)
        } else if !found.isEmpty {
            try StandardOutput.print(table(of: found, registered))
        }
        guard found.isEmpty else { return }
        StandardError.report(
            "No model of the catalogue matches. Try fewer words, a language (german, de), a type (whisper), or asr2clip "
                + "models search for all. The types omnilingual and dolphin know languages that the catalogue does not "
                + "list.")
        throw ExitCode.failure
    }

    private func table(of entries: [CatalogueEntry], _ registered: RegisteredNames) -> String {
        var table = Table("NAME", "TYPE", "LANGUAGES", "SIZE", "LICENCE", "SPEED", "CAN", "STATUS")
        for entry in entries {
            table.add(
                entry.name, entry.family.rawValue, languages(of: entry), entry.shownSize, entry.licence ?? "unknown",
                entry.speed.rawValue, entry.capabilities.map(\.rawValue).listed,
                registered.status(of: entry).shown(for: entry))
        }
        return table.text
    }

    private func languages(of entry: CatalogueEntry) -> String {
        let codes = entry.languages.map(\.code)
        return codes.count > Self.shownLanguages ? "\(codes.count) languages" : codes.listed
    }
}

extension Language {
    /// A language that the user has named; `ValidationError` if it is not known.
    init(argument: String) throws {
        guard let language = Language(named: argument) else {
            throw ValidationError(
                "'\(argument)' is no language that is known here; write a code such as de, or an English name such as "
                    + "German.")
        }
        self = language
    }
}

/// The models in models.yaml, as far as the catalogue's entries are among them.
struct RegisteredNames {
    private let registry: ModelRegistry?

    enum Status {
        case unregistered
        /// Under this name, with all its files or not.
        case registered(as: String, isPresent: Bool)
    }

    /// Reads models.yaml. A missing one is not created; if it cannot be read, that is reported.
    init(_ paths: ModelPaths) {
        guard FileManager.default.fileExists(atPath: paths.registryFile) else {
            registry = nil
            return
        }
        do throws(RegistryError) {
            registry = try ModelRegistry.reload(from: paths)
        } catch {
            StandardError.report("It is not known which models are registered. \(error)")
            registry = nil
        }
    }

    func status(of entry: CatalogueEntry) -> Status {
        guard let model = registry?.entry(of: entry) else { return .unregistered }
        return .registered(as: model.name, isPresent: model.missingFiles().isEmpty)
    }
}

extension RegisteredNames.Status {
    fileprivate var word: String? {
        switch self {
        case .unregistered: nil
        case .registered(_, let isPresent): isPresent ? "present" : "registered"
        }
    }

    /// The status in words, with the model's name if it is not the entry's; empty if it is not registered.
    fileprivate func shown(for entry: CatalogueEntry) -> String {
        guard let word, let name else { return "" }
        return name == entry.name ? word : "\(word) as \(name)"
    }

    fileprivate var name: String? {
        if case .registered(let name, _) = self { name } else { nil }
    }
}

extension CatalogueEntry {
    /// The size of its files in words, for people; empty if it is not known.
    var shownSize: String { displaySize.map(HumanFormat.bytes) ?? "" }

    fileprivate func json(_ registered: RegisteredNames) -> JSONValue {
        let status = registered.status(of: self)
        return .object(
            [("name", .string(name))] + members
                + [
                    ("download", .string(url)), ("sha256", JSONValue(download.sha256)),
                    ("archive_size_bytes", download.size.map { .integer(Int($0)) } ?? nil),
                    ("registered_as", JSONValue(status.name)), ("status", JSONValue(status.word)),
                ])
    }
}
