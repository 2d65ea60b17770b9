import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import SherpaOnnx

/// Checks that every file and option of every family sets the right field of the C structure.
@Suite struct CFieldTests {
    struct Layout: Sendable, CustomTestStringConvertible {
        let family: ModelFamily
        let names: [String]
        var testDescription: String { "\(family.rawValue): \(names.joined(separator: ", "))" }

        var model: ModelSpecification { model(with: ModelOptions()) }

        func model(with options: ModelOptions) -> ModelSpecification {
            let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "/sentinel/\($0)") })
            return ModelSpecification(name: "m", family: family, files: files, options: options)
        }
    }

    static let layouts = ModelFamily.allCases.flatMap { family in
        family.fileLayouts.map { Layout(family: family, names: $0) }
    }

    @Test(arguments: layouts)
    func eachFileReachesItsField(layout: Layout) throws {
        let fields = try layout.model.fields()
        for name in layout.names {
            let found = fields.filter { $0.value == "/sentinel/\(name)" }.map(\.key)
            #expect(found == [Self.path(ofFile: name, layout.family)])
        }
    }

    @Test(arguments: layouts)
    func eachOptionChangesOnlyItsField(layout: Layout) throws {
        let before = try layout.model.fields()
        for option in layout.family.options {
            let (value, written) = Self.sentinel(for: option)
            // Most families support only the standard search method.
            if value == option.standard { continue }
            let after = try layout.model(with: ModelOptions([option.key: value])).fields()
            let changed = Set(after.keys).union(before.keys).filter { before[$0] != after[$0] }
            let path = Self.path(ofOption: option.key, layout.family)
            #expect(changed == Set([path].compactMap { $0 }), "\(option.key)")
            // Canary has no task field; its output language is set instead.
            if let path, path.hasSuffix(".tgt_lang") == false { #expect(after[path] == written, "\(option.key)") }
        }
    }

    @Test(arguments: [
        (ModelFamily.canary, "tgt_lang", "model_config.canary.tgt_lang", "fr"),
        (.canary, "task", "model_config.canary.tgt_lang", "en"),
        (.whisper, "task", "model_config.whisper.task", "translate"),
    ])
    func translationOptionsReachTheirTask(family: ModelFamily, key: String, path: String, text: String) throws {
        let options = ModelOptions(key == "task" ? ["task": "translate"] : ["task": "translate", key: .text(text)])
        #expect(try Layout(family: family, names: family.fileLayouts[0]).model(with: options).fields()[path] == text)
    }

    @Test(arguments: layouts.filter(\.family.takesLanguage))
    func theLanguageReachesItsFieldOrEachStream(layout: Layout) throws {
        let model = layout.model
        let settings = model.settings(language: Language(code: "ja"), task: nil)
        let found = try model.fields(settings).filter { ["ja", "日文"].contains($0.value) }.map(\.key)
        let name = layout.family.rawValue
        switch layout.family {
        case .canary:
            #expect(Set(found) == ["model_config.canary.src_lang", "model_config.canary.tgt_lang"])
        case .cohereTranscribe, .qwen3ASR:
            #expect(found.isEmpty)
            #expect(model.streamOptions(language: Language(code: "ja"))["language"] != nil)
        default:
            #expect(found == ["model_config.\(name).language"])
        }
    }

    @Test func everyFamilyOfTheCStructuresIsSupported() {
        let families = ModelFamily.allCases
        let offline = families.filter { !$0.isStreaming }.map(Self.group)
        #expect(Self.groups(of: CFields.all(online: false)).union(["model_config.telespeech_ctc"]) == Set(offline))
        let online = families.filter(\.isStreaming).map(Self.group)
        #expect(Self.groups(of: CFields.all(online: true)) == Set(online))
    }

    /// Zero would be the library's defaults, by which it would end utterances.
    @Test func theRulesForTheEndOfAnUtteranceAreOff() throws {
        let layout = try #require(Self.layouts.first { $0.family == .streamingTransducer })
        let fields = try layout.model.fields()
        #expect(fields["enable_endpoint"] == nil)
        for rule in [
            "rule1_min_trailing_silence", "rule2_min_trailing_silence", "rule3_min_utterance_length",
        ] {
            #expect(fields[rule].flatMap(Double.init).map { $0 > 1e9 } == true, "\(rule)")
        }
    }

    /// The names of the structures in `model_config`.
    private static func groups(of paths: [String]) -> Set<String> {
        Set(
            paths.filter { $0.hasPrefix("model_config.") }.compactMap { path in
                let parts = path.split(separator: ".")
                return parts.count == 3 ? parts.prefix(2).joined(separator: ".") : nil
            })
    }

    /// The structure of a family, which has its name, with one exception.
    private static func group(of family: ModelFamily) -> String {
        family == .streamingZipformerCTC
            ? "model_config.zipformer2_ctc" : "model_config.\(family.rawValue.trimmingPrefix("streaming_"))"
    }

    /// The field of a file: the logical names are those of the C API, with three exceptions.
    private static func path(ofFile name: String, _ family: ModelFamily) -> String {
        switch (family, name) {
        case (_, "tokens"): "model_config.tokens"
        case (.paraformer, "paraformer"): "model_config.paraformer.model"
        case (.telespeechCTC, "telespeech_ctc"): "model_config.telespeech_ctc"
        default: "\(group(of: family)).\(name)"
        }
    }

    /// The field of an option; `nil` if the option is for this program only, or depends on another.
    private static func path(ofOption key: String, _ family: ModelFamily) -> String? {
        switch (family, key) {
        case (_, "num_threads"), (_, "preferred_segment"), (.canary, "tgt_lang"): nil
        case (.canary, "task"): "model_config.canary.tgt_lang"
        case (.funASRNano, "use_itn"): "model_config.funasr_nano.itn"
        case (_, "provider"), (_, "modeling_unit"), (_, "bpe_vocab"): "model_config.\(key)"
        case (_, "decoding_method"), (_, "max_active_paths"), (_, "hotwords_file"), (_, "hotwords_score"),
            (_, "rule_fsts"), (_, "rule_fars"), (_, "blank_penalty"):
            key
        default: "model_config.\(family.rawValue).\(key)"
        }
    }

    /// A value other than the option's default, and its text in the C structure; `nil` for zero.
    private static func sentinel(for option: ModelOption) -> (OptionValue, written: String?) {
        switch option.kind {
        case .flag where option.standard == true: (false, nil)
        case .flag: (true, "1")
        case .wholeNumber(let range): (.number(Double(range.upperBound)), "\(range.upperBound)")
        case .decimal(let range): (.number(range.upperBound), "\(Float(range.upperBound))")
        case .word(let words): (.text(words.last ?? ""), words.last ?? "")
        case .text, .file, .files, .provider: (.text("/sentinel"), "/sentinel")
        }
    }
}

/// The fields of the C structure by path, as in `model_config.whisper.encoder`.
enum CFields {
    /// The fields that are neither NULL nor zero, as text.
    static func set(in configuration: RecognizerConfiguration, online: Bool) -> [String: String] {
        var found: [String: String] = [:]
        walk(configuration, online: online) { found[$0] = $1 }
        return found
    }

    /// The paths of all fields.
    static func all(online: Bool) -> [String] {
        var found: [String] = []
        walk(RecognizerConfiguration(), online: online, leaf: { path, _ in found.append(path) }, showsEmpty: true)
        return found
    }

    private static func walk(
        _ configuration: RecognizerConfiguration, online: Bool, leaf: (String, String) -> Void,
        showsEmpty: Bool = false
    ) {
        if online {
            configuration.withOnlineConfiguration { walk($0.pointee, path: "", leaf: leaf, showsEmpty: showsEmpty) }
        } else {
            configuration.withOfflineConfiguration { walk($0.pointee, path: "", leaf: leaf, showsEmpty: showsEmpty) }
        }
    }

    private static func walk(
        _ value: Any, path: String, leaf: (String, String) -> Void, showsEmpty: Bool = false
    ) {
        if let text = value as? UnsafePointer<CChar>? {
            if text != nil || showsEmpty { leaf(path, text.map { String(cString: $0) } ?? "") }
        } else if let number = value as? Int32 {
            if number != 0 || showsEmpty { leaf(path, "\(number)") }
        } else if let number = value as? Float {
            if number != 0 || showsEmpty { leaf(path, "\(number)") }
        } else {
            for (name, child) in Mirror(reflecting: value).children {
                walk(
                    child, path: path.isEmpty ? name ?? "?" : "\(path).\(name ?? "?")", leaf: leaf,
                    showsEmpty: showsEmpty)
            }
        }
    }
}

extension ModelSpecification {
    /// The fields of the C structure that this model sets.
    fileprivate func fields(_ settings: RecognizerSettings? = nil) throws -> [String: String] {
        let settings = settings ?? self.settings(language: nil, task: nil)
        return CFields.set(
            in: try configuration(for: settings, operatorThreads: 1), online: family.isStreaming)
    }
}
