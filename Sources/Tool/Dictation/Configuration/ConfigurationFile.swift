import Essentials
import SystemPackage
import ModelStore

/// A configuration file of the tool, in the present format or the old one with everything under `asr_model:`.
package struct ConfigurationFile {
    package let path: String
    package let settings: ConfigurationSettings
    /// Warnings about its content, as `FILE:LINE: message`.
    package let warnings: [String]
    /// Whether the user chose it, by name or by its place; false if it merely is in the current folder.
    package private(set) var isChosen = true

    private static let keys = [
        "api_base_url", "api_key", "model_name", "org_id", "quiet", "audio_device", "language", "prompt", "engine",
        "model_config_path", "model_dir", "num_threads", "vad", "interval", "silence_duration", "silence_threshold",
        "clipboard", "copy", "output", "live",
    ]

    /// The paths to look for a file, in order of precedence.
    package static func places(environment: [String: String], home: String, currentFolder: String) -> [String] {
        // The XDG Base Directory Specification: a relative value is invalid and ignored.
        let xdg = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.config"
        return [
            currentFolder + "/asr2clip.conf", xdg + "/asr2clip/config.yaml", home + "/.config/asr2clip.conf",
            home + "/.asr2clip.conf",
        ]
    }

    /// Reads the named file, or else the first that exists; returns `nil` if none was named and none exists.
    package static func find(named: String?, places: [String]) throws(Failure) -> Self? {
        if let named {
            guard FileManager.default.fileExists(atPath: named) else {
                throw Failure(
                    "There is no configuration file '\(named)'. Make one with: asr2clip --generate_config -c '\(named)'"
                )
            }
            return try Self(path: named)
        }
        guard let path = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else { return nil }
        var file = try Self(path: path)
        file.isChosen = path != places.first || places.dropFirst().contains(path)
        return file
    }

    package init(path: String) throws(Failure) {
        guard let bytes = try? Self.bytes(path), let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("The configuration file '\(path)' cannot be read as UTF-8 text. Check its rights.")
        }
        var warnings: [String] = []
        settings = try Self.settings(text, path: path, warnings: &warnings)
        if settings.apiKey != nil, Self.othersMayRead(path) {
            warnings.append("\(path): It holds a key and others may read it; run: chmod 600 '\(path)'")
        }
        self.path = path
        self.warnings = warnings
    }

    /// Reads a whole file. Foundation cannot read pipes: `-c <(…)`.
    private static func bytes(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { return bytes }
                bytes += piece.prefix(count)
            }
        }
    }

    static func settings(
        _ text: String, path: String, warnings: inout [String]
    ) throws(Failure) -> ConfigurationSettings {
        var fields = try topLevel(of: text, path: path)
        var outer: FieldReader?
        if let old = fields.mapping("asr_model") {
            fields.warn(ofKeysBut: ["asr_model"])
            outer = fields
            fields = old
        } else {
            fields.warn(ofKeysBut: keys)
        }
        let settings = read(&fields)
        let mistakes = (outer?.mistakes ?? []) + fields.mistakes
        func line(_ mistake: FieldReader.Mistake) -> String { "\(path):\(mistake.line): \(mistake.message)" }
        let errors = mistakes.filter { $0.severity == .error }.map(line)
        guard errors.isEmpty else { throw Failure(errors.joined(separator: "\n")) }
        warnings += mistakes.filter { $0.severity == .warning }.map(line)
        return settings
    }

    private static func topLevel(of text: String, path: String) throws(Failure) -> FieldReader {
        let root: YAMLNode?
        do {
            root = try YAMLNode.compose(text)
        } catch {
            throw Failure("\(path):\(error.line.map { "\($0):" } ?? "") \(error)")
        }
        switch root {
        case nil: return FieldReader(YAMLNode.Mapping())
        case .mapping(let mapping): return FieldReader(mapping)
        default:
            throw Failure("\(path):1: The file is no mapping of keys; write api_base_url: and the like.")
        }
    }

    private static func read(_ fields: inout FieldReader) -> ConfigurationSettings {
        func text(_ key: String) -> String? { fields.text(key).flatMap { $0.isEmpty ? nil : $0 } }
        func word<Value>(_ key: String, _ values: [Value], _ word: (Value) -> String) -> Value? {
            let words = values.map(word)
            return fields.notation(key, wanted: "one of \(words.joined(separator: ", "))", example: words[0]) { text in
                values.first { word($0) == text }
            }
        }
        var settings = ConfigurationSettings()
        settings.baseURL = fields.nonemptyText("api_base_url")
        settings.apiKey = text("api_key").map(Secret.init)
        settings.model = text("model_name")
        settings.organization = text("org_id").flatMap { $0 == "none" ? nil : $0 }
        settings.language = text("language")
        settings.prompt = text("prompt")
        settings.audioDevice = text("audio_device")
        settings.isQuiet = fields.boolean("quiet", fromText: true)
        settings.live = fields.boolean("live", fromText: true)
        settings.vad = fields.boolean("vad", fromText: true)
        settings.interval = fields.decimal("interval", in: ConfigurationSettings.intervals)
        settings.silenceDuration = fields.decimal("silence_duration", in: ConfigurationSettings.silences)
        settings.silenceThreshold = fields.decimal("silence_threshold", in: ConfigurationSettings.thresholds)
        settings.clipboard = word("clipboard", ClipboardChoice.allCases, \.word)
        settings.copyMode = word("copy", TextDelivery.CopyMode.allCases, \.rawValue)
        settings.output = text("output")
        let engine = LocalEngineConfiguration(
            registry: text("model_config_path"), modelDirectory: text("model_dir"),
            numThreads: fields.positiveInteger("num_threads", example: 4))
        switch text("engine") {
        case nil, "openai_compat": break
        case "sherpa_onnx": settings.engine = engine
        case let other?:
            fields.note(
                "The engine '\(other)' is not known; write engine: sherpa_onnx, or leave the line out to ask a server.",
                at: fields.lineOf("engine"))
        }
        return settings
    }

    private static func othersMayRead(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }
}
