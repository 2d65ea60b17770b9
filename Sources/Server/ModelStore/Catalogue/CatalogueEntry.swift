import Essentials
package import ModelFamilies
package import SpeechTypes

/// A model that can be downloaded, as `catalogue.yaml` describes it.
package struct CatalogueEntry: Sendable, Equatable {
    package let name: String
    package let family: ModelFamily
    /// The languages it recognises; empty if no source lists them.
    package let languages: [Language]
    package let description: String
    /// `nil` if no source states it, or if sources contradict each other.
    package let licence: String?
    /// The precision of the weights.
    package let precision: Precision
    /// The number of weights, as the model's publisher states it.
    package let parameters: Int64?
    /// The size of the files in bytes, rounded: for display only.
    package let displaySize: Int64?
    /// Whether its text has punctuation; `nil` if that is not known.
    package let writesPunctuation: Bool?
    /// `false` if it does not translate, although its family can.
    let mayTranslate: Bool
    /// Paths below the model's folder by logical name, as in models.yaml.
    package let files: [String: String]
    package let options: ModelOptions
    package let download: ModelDownload
    /// A page or script in which the names of the archive and of its files can be read.
    package let source: String

    package enum Precision: String, Sendable, CaseIterable {
        case int8, fp16, fp32

        var bytesPerWeight: Int64 {
            switch self {
            case .int8: 1
            case .fp16: 2
            case .fp32: 4
            }
        }
    }

    package var url: String { download.url.absoluteString }

    /// The model's folder below the models root.
    package var directory: String { download.archiveSubdir ?? name }
}

/// What a model can do besides plain text of recordings.
package enum Capability: String, Sendable, CaseIterable {
    /// It tells when each token begins.
    case times
    case punctuation
    /// It translates into English.
    case translation
    /// It recognises speech as it arrives.
    case live
}

extension CatalogueEntry {
    /// What it is known to do: punctuation by the catalogue, all else by its family. Times that only some models of a
    /// family have, or that need an option, do not count. A model of one language does not translate.
    package var capabilities: [Capability] {
        Capability.allCases.filter { capability in
            switch capability {
            case .times: family.times == .tokens
            case .punctuation: writesPunctuation == true
            case .translation: family.translates && mayTranslate && languages.count > 1
            case .live: family.isStreaming
            }
        }
    }
}

/// How fast a model is likely to be, compared with other models on the same machine.
package enum SpeedClass: String, Sendable, CaseIterable {
    case fast, medium, slow, unknown
}

extension CatalogueEntry {
    /// Its speed class, estimated from the number of weights; no model was measured for it.
    ///
    /// Without a stated number, the weights are the size of the files divided by the bytes of a weight. Weights count
    /// twice if the decoder writes one token after the other, because it reads its weights for each. The class is
    /// `fast` up to 250 million weights, `medium` up to 800 million, `slow` above, and `unknown` without both numbers.
    package var speed: SpeedClass {
        guard let weights = parameters ?? displaySize.map({ $0 / precision.bytesPerWeight }) else { return .unknown }
        return switch weights * (family.writesTokenByToken ? 2 : 1) {
        case ...250_000_000: .fast
        case ...800_000_000: .medium
        default: .slow
        }
    }
}

extension CatalogueEntry {
    /// The entry as lines to write below `models:` in models.yaml, indented by two spaces. The size for display is not
    /// among them.
    package var registryYAML: String {
        var lines = [
            "  \(name.yamlScalar):", "    type: \(family.rawValue)", "    dir: \(directory.yamlScalar)", "    files:",
        ]
        lines += files.sorted { $0.key < $1.key }.map { "      \($0.key.yamlScalar): \($0.value.yamlScalar)" }
        let options = registryOptions
        let language = options.language.map { [("language", $0.code.yamlScalar)] } ?? []
        let settings = language + options.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.yaml) }
        if !settings.isEmpty { lines.append("    options:") }
        lines += settings.map { "      \($0.0): \($0.1)" }
        lines += ["    download:", "      url: \(url.yamlScalar)"]
        if let folder = download.archiveSubdir { lines.append("      archive_subdir: \(folder.yamlScalar)") }
        if let sha256 = download.sha256 { lines.append("      sha256: \(sha256.yamlScalar)") }
        if let size = download.size { lines.append("      size: \(size)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension CatalogueEntry {
    /// The options in models.yaml. If the model has one language, that is among them: it is the language of requests that
    /// name none, and it is named in responses. Where the family detects languages, as Whisper does, it is then not
    /// detected, because the model knows no other one.
    package var registryOptions: ModelOptions {
        var options = options
        if options.language == nil, languages.count == 1, let only = languages.first,
            family.languages?.contains(only) ?? true
        {
            options.language = only
        }
        return options
    }
}

extension OptionValue {
    fileprivate var yaml: String {
        switch self {
        case .flag, .number: description
        case .text(let text): text.yamlScalar
        }
    }
}

extension FieldReader {
    /// The entry under a name; `nil` if it has a mistake. Files, options and download are checked as in models.yaml.
    mutating func catalogueEntry(named name: String) -> CatalogueEntry? {
        warn(ofKeysBut: [
            "type", "languages", "description", "licence", "precision", "parameters", "display_size", "punctuation",
            "translation", "files", "options", "download", "source",
        ])
        let family = parsed("type", orElse: "write type:", ModelFamily.init(rawValue:)) { "Unknown type '\($0)'." }
        let languages = texts("languages") ?? []
        let description = nonemptyText("description", orElse: "write description:")
        let licence = nonemptyText("licence", orElse: "write licence: unknown")
        let precision = parsed("precision", orElse: "write precision:", CatalogueEntry.Precision.init(rawValue:)) {
            "'precision' is '\($0)'; write one of \(CatalogueEntry.Precision.allCases.map(\.rawValue).listed)."
        }
        let parameters = amount("parameters", units: ["M": 1_000_000, "B": 1_000_000_000], example: "600M")
        let displaySize = amount(
            "display_size", units: ["KiB": 0x1p10, "MiB": 0x1p20, "GiB": 0x1p30], example: "82 MiB")
        let punctuation = boolean("punctuation")
        let mayTranslate = boolean("translation") ?? true
        let files = inside("files", orElse: "write files:") { $0.files(of: family) }
        let options = inside("options") { $0.options(of: family) } ?? ModelOptions()
        let download = inside("download", orElse: "write download:") { $0.download() }
        let source = nonemptyText("source", orElse: "write source: and the address of what was read")
        guard !mistakes.contains(where: { $0.severity == .error }), let family, let description, let licence,
            let precision, let files, let download, let source
        else { return nil }
        return CatalogueEntry(
            name: name, family: family, languages: languages.map { Language(code: $0) }, description: description,
            licence: licence == "unknown" ? nil : licence, precision: precision, parameters: parameters,
            displaySize: displaySize, writesPunctuation: punctuation, mayTranslate: mayTranslate, files: files,
            options: options,
            download: download, source: source)
    }

    /// A number with a unit, such as `1.7 GiB`.
    private mutating func amount(_ key: String, units: [String: Double], example: String) -> Int64? {
        notation(key, wanted: "a number with one of the units \(units.keys.sorted().listed)", example: example) {
            text in
            guard let unit = units.keys.first(where: text.hasSuffix), let factor = units[unit],
                let number = Double(text.dropLast(unit.count).filter { $0 != " " }), number > 0
            else { return nil }
            return Int64(clamped: number * factor)
        }
    }
}
