import Foundation
import ModelFamilies
import TestSupport
import Testing

@testable import ModelStore

struct RegistryOptionTests {
    /// An `options:` line of a family, and a part of the expected message.
    @Test(arguments: [
        (ModelFamily.transducer, "decoding_method: beam", "write one of greedy_search, modified_beam_search"),
        (.senseVoice, "decoding_method: modified_beam_search", "write greedy_search"),
        (.transducer, "hotwords_score: high", "a number from 0.01 to 100.0, not 'high'; write hotwords_score: 100.0"),
        (.transducer, "hotwords_score: -1", "a number from"), (.transducer, "hotwords_score: 0", "a number from"),
        (.transducer, "hotwords_score: .inf", "a number from"), (.transducer, "hotwords_score: .nan", "a number from"),
        (.transducer, "max_active_paths: 2.5", "a whole number from 1 to 100, not '2.5'"),
        (.transducer, "max_active_paths: 0", "write max_active_paths: 1"),
        (.transducer, "hotwords_file: words.txt", "needs beam search; write decoding_method: modified_beam_search"),
        (.transducer, "modeling_unit: bpe", "needs the model's vocabulary; write bpe_vocab:"),
        (.transducer, "modeling_unit: words", "write one of cjkchar, bpe, bbpe, cjkchar+bpe"),
        (.transducer, "use_itn: true", "'use_itn' is no option of transducer; it has language, num_threads, "),
        (.senseVoice, "hotwords_file: w", "'hotwords_file' is no option of sense_voice; it has language, num_threads"),
        (.paraformer, "task: translate", "no option of paraformer"),
        (.whisper, "task: summarise", "'task' cannot be 'summarise'; write one of transcribe, translate"),
        (.whisper, "tail_paddings: 3001", "from 1 to 3000"),
        (.whisper, "enable_token_timestamps: 1", "must be true or false, not '1'"),
        (.canary, "tgt_lang: it", "write one of en, es, de, fr"), (.canary, "language: it", "en, es, de, fr"),
        (.canary, "src_lang: en", "Unknown key 'src_lang' in 'options' is ignored; known: language"),
        (.cohereTranscribe, "language: ru", "cohere_transcribe does not know the language 'ru'"),
        (.moonshine, "provider: rknn", "'provider' cannot be 'rknn'; write one of cpu, cuda, coreml, xnnpack"),
        (.moonshine, "provider: 'cpu:'", "cannot be 'cpu:'"), (.moonshine, "num_threads: none", "from 1 to 1024"),
        (.moonshine, "preferred_segment: 0.5", "from 1.0 to 60.0"), (.moonshine, "rule_fsts: ''", "is empty"),
        (.funASRNano, "temperature: 3", "from 0.0 to 2.0"), (.qwen3ASR, "max_total_len: 100", "from 448 to"),
        (.qwen3ASR, "rule_fsts: a.fst", "'rule_fsts' is no option of qwen3_asr"),
    ])
    func aBadOptionIsReportedWithLineAndAdvice(family: ModelFamily, option: String, part: String) throws {
        let registry = try Self.registry(family, option)
        let problem = try #require(registry.problems.first)
        #expect(registry.problems.count == 1)
        #expect(problem.line == 7)
        #expect(problem.message.contains(part), "\(problem)")
        #expect(registry.entries.isEmpty == (problem.severity == .error))
    }

    @Test(
        arguments: [
            (ModelFamily.transducer, "max_active_paths: 8", ["max_active_paths": 8]),
            (.transducer, "hotwords_score: 2", ["hotwords_score": 2]),
            (.transducer, "blank_penalty: 0.5", ["blank_penalty": 0.5]),
            (.whisper, "enable_segment_timestamps: yes", ["enable_segment_timestamps": true]),
            (.qwen3ASR, "hotwords: 'Ada, Grace'", ["hotwords": "Ada, Grace"]),
            (.moonshine, "preferred_segment: 12", ["preferred_segment": 12]), (.moonshine, "rule_fars:", [:]),
        ] as [(ModelFamily, String, [String: OptionValue])])
    func aGoodOptionIsKeptUnchanged(family: ModelFamily, option: String, values: [String: OptionValue]) throws {
        let registry = try Self.registry(family, option)
        #expect(registry.problems == [])
        #expect(registry.entries.first?.options == ModelOptions(values))
    }

    @Test(arguments: [
        (ModelFamily.transducer, "bpe_vocab: bpe.vocab", "bpe_vocab", "/m/f/bpe.vocab"),
        (.transducer, "bpe_vocab: /opt/bpe.vocab", "bpe_vocab", "/opt/bpe.vocab"),
        (.whisper, "rule_fsts: 'a.fst,/b.fst'", "rule_fsts", "/m/f/a.fst,/b.fst"),
        (.whisper, "provider: 'cpu:ort.txt'", "provider", "cpu:/m/f/ort.txt"),
        (.whisper, "provider: cpu", "provider", "cpu"),
        (.funASRNano, "hotwords: a/b", "hotwords", "a/b"),
    ])
    func relativePathsAreBelowTheModelsFolder(family: ModelFamily, option: String, key: String, path: String) throws {
        let entry = try #require(try Self.registry(family, option).entries.first)
        #expect(entry.specification.options.values == [key: .text(path)])
    }

    @Test func missingFilesOfARegisteredFolderAreListedOneByOne() async throws {
        try await withTemporaryFolder { folder in
            let paths = ModelPaths(environment: ["HOME": "/"], modelDirectory: folder.path, currentFolder: "/")
            let yaml = Self.yaml(.qwen3ASR, "seed: 1")
            let entry = try #require(try ModelRegistry.parse(yaml, file: "f", paths: paths).entries.first)
            let tokenizer = ["merges.txt", "tokenizer_config.json", "vocab.json"].map { "tokenizer/" + $0 }
            #expect(entry.missingFiles() == ["conv_frontend", "decoder", "encoder"] + tokenizer)
            for file in entry.missingFiles() where file != "tokenizer/vocab.json" {
                try folder.write("x", to: "f/" + file)
            }
            #expect(entry.missingFiles() == ["tokenizer/vocab.json"])
        }
    }

    @Test(arguments: ModelFamily.allCases)
    func everyOptionOfEveryFamilyAcceptsAValue(family: ModelFamily) throws {
        let lines = family.options.map { option in
            switch option.kind {
            case .flag: "\(option.key): true"
            case .wholeNumber(let range): "\(option.key): \(range.lowerBound)"
            case .decimal(let range): "\(option.key): \(range.upperBound)"
            case .word(let words), .provider(let words): "\(option.key): \(words.last ?? "")"
            case .text, .file, .files: "\(option.key): a"
            }
        }
        let registry = try Self.registry(family, lines.joined(separator: "\n      "))
        #expect(registry.problems == [])
        #expect(Set(registry.entries.first?.options.values.keys.map { $0 } ?? []) == Set(family.options.map(\.key)))
    }

    private static func registry(_ family: ModelFamily, _ option: String) throws -> ModelRegistry {
        let paths = ModelPaths(environment: ["HOME": "/"], modelDirectory: "/m", currentFolder: "/")
        return try ModelRegistry.parse(yaml(family, option), file: "models.yaml", paths: paths)
    }

    private static func yaml(_ family: ModelFamily, _ option: String) -> String {
        let files = (family.fileLayouts.first ?? []).map { "\($0): \($0)" }.joined(separator: ", ")
        return """
            models:
              a:
                type: \(family.rawValue)
                dir: f
                files: {\(files)}
                options:
                  \(option)
            """
    }
}
