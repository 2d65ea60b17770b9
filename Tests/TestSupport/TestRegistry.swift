/// A models.yaml for a test.
public struct TestRegistry: Sendable {
    /// One entry under `models:`.
    public struct Model: Sendable {
        /// Its name in requests.
        public var name: String
        /// Its family, by its name in the registry.
        public var type: String
        /// The folder of its files.
        public var directory: String
        /// Its files by logical name.
        public var files: [String: String]
        /// The keys under `options:`.
        public var options: [String: String] = [:]
        /// The keys under `download:`.
        public var download: [String: String] = [:]
        /// Its other keys.
        public var settings: [String: String] = [:]

        /// The same files under another name, and optionally in another folder.
        public func named(_ name: String, in directory: String? = nil, options: [String: String]? = nil) -> Self {
            var copy = self
            copy.name = name
            copy.directory = directory ?? self.directory
            copy.options = options ?? self.options
            return copy
        }
    }

    /// The model that is loaded at the start.
    public var defaultModel: String?
    /// Names of models by alias.
    public var aliases: [String: String]
    /// The entries, in order.
    public var models: [Model]
    /// The keys of entries with `type: openai`, by the entries' names.
    public var upstreams: [String: [String: String]] = [:]
    /// Other keys at the top of the file.
    public var settings: [String: String] = [:]

    /// Creates a registry; the first model is the default unless another is named.
    public init(_ models: [Model], defaultModel: String? = nil, aliases: [String: String] = [:]) {
        self.models = models
        self.defaultModel = defaultModel ?? models.first?.name
        self.aliases = aliases
    }

    /// The text of the file.
    public var yaml: String {
        var lines = defaultModel.map { ["default_model: \($0)"] } ?? []
        lines += settings.sorted { $0.key < $1.key }.map { "\($0): \($1)" }
        lines += Self.mapping("aliases", aliases, indent: "")
        lines.append("models:")
        for model in models {
            lines += ["  \(model.name):", "    type: \(model.type)", "    dir: \(model.directory)"]
            lines += model.settings.sorted { $0.key < $1.key }.map { "    \($0): \($1)" }
            lines += Self.mapping("files", model.files, indent: "    ")
            lines += Self.mapping("options", model.options, indent: "    ")
            lines += Self.mapping("download", model.download, indent: "    ")
        }
        for (name, keys) in upstreams.sorted(by: { $0.key < $1.key }) {
            lines += ["  \(name):", "    type: openai"]
            lines += keys.sorted { $0.key < $1.key }.map { "    \($0): \($1)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func mapping(_ key: String, _ values: [String: String], indent: String) -> [String] {
        guard !values.isEmpty else { return [] }
        return ["\(indent)\(key):"] + values.sorted { $0.key < $1.key }.map { "\(indent)  \($0): \($1)" }
    }
}

extension TestRegistry.Model {
    /// The fixture models, each named by its type.
    public static let fixtures = [senseVoice, whisper, paraformer, transducer]

    /// Recognises English and Mandarin, detects the language, and accepts a requested one.
    public static let senseVoice = fixture("sense_voice", ["model": "model.onnx"])
    /// Recognises English and Mandarin, and detects the language.
    public static let whisper = fixture("whisper", ["encoder": "encoder.onnx", "decoder": "decoder.onnx"])
    /// Recognises English and Mandarin.
    public static let paraformer = fixture("paraformer", ["paraformer": "model.onnx"])
    /// Recognises English and writes capitals.
    public static let transducer = fixture(
        "transducer", ["encoder": "encoder.onnx", "decoder": "decoder.onnx", "joiner": "joiner.onnx"])

    /// Recognises English as it arrives, and writes capitals.
    public static let streamingTransducer = fixture(
        "streaming_transducer", ["encoder": "encoder.onnx", "decoder": "decoder.onnx", "joiner": "joiner.onnx"])

    /// The transducer with beam search, which accepts hints.
    public static let hotwords = transducer.named(
        "hotwords",
        options: [
            "decoding_method": "modified_beam_search", "modeling_unit": "bpe", "hotwords_score": "3",
            "bpe_vocab": "bpe.vocab",
        ])
    /// Whisper with times of words and segments.
    public static let timedWhisper = whisper.named(
        "timed-whisper", options: ["enable_token_timestamps": "true", "enable_segment_timestamps": "true"])

    /// The model that `make serve` serves.
    public static let starter = Self(
        name: "moonshine-tiny-en", type: "moonshine", directory: Fixtures.path(".deps/models/moonshine-tiny-en"),
        files: ["encoder": "encoder_model.ort", "merged_decoder": "decoder_model_merged.ort", "tokens": "tokens.txt"])

    private static func fixture(_ type: String, _ files: [String: String]) -> Self {
        Self(
            name: type, type: type, directory: Fixtures.path("Tests/Fixtures/models/\(type)"),
            files: files.merging(["tokens": "tokens.txt"]) { $1 })
    }
}
