import Foundation
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import ModelStore

/// What is made of a catalogue's text, and what the entries tell.
struct CatalogueReadingTests {
    private static let good = """
        recommendations:
          many:
            slow_machine: {model: a, reason: small}
            fast_machine: {model: a, reason: large}
        models:
          a:
            type: whisper
            languages: [en, "no"]
            description: A model
            licence: unknown
            precision: int8
            files: {encoder: e.onnx, decoder: d.onnx, tokens: t.txt}
            download: {url: https://example.org/a.tar.bz2, archive_subdir: a}
            source: https://example.org

        """

    @Test func aGoodCatalogueIsRead() throws {
        let catalogue = Catalogue(yaml: Self.good)
        #expect(catalogue.mistakes == [])
        let entry = try #require(catalogue.entry(named: "a"))
        #expect(entry.languages.map(\.code) == ["en", "no"])
        #expect(entry.licence == nil && entry.displaySize == nil && entry.writesPunctuation == nil)
        #expect(entry.speed == .unknown)
        #expect(entry.capabilities == [.translation])
        #expect(catalogue.recommendation(for: Language(code: "en"))?.slowMachine.model == "a")
        #expect(catalogue.recommendation(for: Language(code: "de")) == nil, "no model is known to know German")
    }

    @Test(arguments: [
        ("type: whisper", "type: whispr", "Unknown type 'whispr'"), ("licence: unknown", "", "'licence' is missing"),
        (#"[en, "no"]"#, "[en, no]", "'languages' must have texts only"), (#"[en, "no"]"#, "en", "must be a list"),
        ("precision: int8", "precision: int4", "'precision' is 'int4'"), ("files:", "file:", "Unknown key 'file'"),
        ("tokens: t.txt", "token: t.txt", "lacks tokens"), ("archive_subdir: a", "archive_subdir: ../a", "inside"),
        ("    source: https://example.org\n", "", "'source' is missing"),
        ("precision: int8", "precision: int8\n    display_size: 3 apples", "one of the units GiB, KiB, MiB"),
        ("precision: int8", "precision: int8\n    parameters: 0M", "one of the units B, M"),
        ("model: a, reason: small", "model: b, reason: small", "'b' is no model of the catalogue"),
        ("reason: small", "why: small", "'reason' is missing"), ("models:", "model:", "'models' is missing"),
        ("models:", "\tmodels:", "This is not YAML"),
    ])
    func aMistakeIsNoted(old: String, new: String, message: String) {
        let catalogue = Catalogue(yaml: Self.good.replacingOccurrences(of: old, with: new))
        #expect(catalogue.mistakes.contains { $0.message.contains(message) }, "\(catalogue.mistakes)")
    }

    @Test(arguments: [("", 1), ("- a", 1), ("a: [", 2)])
    func noMappingIsAMistake(yaml: String, line: Int) {
        let catalogue = Catalogue(yaml: yaml)
        #expect(catalogue.entries == [] && catalogue.recommendations == [])
        #expect(catalogue.mistakes.map(\.severity) == [.error])
    }

    /// Weights: 100 million at 1 byte, 2 bytes and 4 bytes each; twice as many for whisper, which writes token by token.
    @Test(arguments: [
        ("sense_voice", "int8", "parameters: 250M", SpeedClass.fast),
        ("sense_voice", "int8", "parameters: 251M", .medium), ("sense_voice", "int8", "parameters: 800M", .medium),
        ("sense_voice", "int8", "parameters: 1B", .slow), ("sense_voice", "int8", "display_size: 200 MiB", .fast),
        ("sense_voice", "int8", "display_size: 300 MiB", .medium),
        ("sense_voice", "fp16", "display_size: 300 MiB", .fast),
        ("sense_voice", "fp32", "display_size: 0.9 GiB", .fast),
        ("sense_voice", "fp32", "display_size: 1.1 GiB", .medium),
        ("sense_voice", "int8", "parameters: 100M\n    display_size: 9 GiB", .fast),
        ("whisper", "int8", "parameters: 125M", .fast), ("whisper", "int8", "parameters: 126M", .medium),
        ("whisper", "int8", "parameters: 809M", .slow), ("whisper", "int8", "punctuation: true", .unknown),
    ])
    func theSpeedComesFromTheWeights(type: String, precision: String, fact: String, speed: SpeedClass) throws {
        var yaml = Self.good.replacingOccurrences(
            of: "precision: int8", with: "precision: \(precision)\n    \(fact)")
        if type == "sense_voice" {
            yaml = yaml.replacingOccurrences(of: "type: whisper", with: "type: sense_voice")
                .replacingOccurrences(of: "encoder: e.onnx, decoder: d.onnx,", with: "model: m.onnx,")
        }
        let catalogue = Catalogue(yaml: yaml)
        #expect(catalogue.mistakes == [])
        #expect(catalogue.entries.first?.speed == speed)
    }

    @Test(arguments: [
        ("whisper-base", [Capability.punctuation, .translation]), ("whisper-base.en", [.punctuation]),
        ("whisper-turbo", [.punctuation]), ("whisper-medium-aishell", []),
        ("canary-180m-flash-int8", [.punctuation, .translation]),
        ("parakeet-tdt-0.6b-v3-int8", [.times, .punctuation]),
        ("streaming-zipformer-en-20m", [.times, .live]), ("streaming-paraformer-zh-en", [.live]),
    ])
    func theCapabilitiesComeFromTheFamilyAndTheEntry(name: String, capabilities: [Capability]) throws {
        let entry = try #require(Catalogue.builtIn.entry(named: name))
        #expect(Set(entry.capabilities).subtracting([.punctuation]) == Set(capabilities).subtracting([.punctuation]))
        #expect(entry.capabilities.contains(.punctuation) == (entry.writesPunctuation == true))
    }

    @Test(arguments: [
        ("german", "fast-conformer-ctc-de-int8", true), ("GERMAN", "whisper-base", true), ("de", "whisper-base", true),
        ("de", "moonshine-tiny-en", false), ("de", "fire-red-asr-large-int8", false), ("de-DE", "whisper-tiny", true),
        ("mandarin", "zipformer-multi-zh-hans", true), ("german", "whisper-base.en", false),
        ("nemo_ctc", "citrinet-512-en", true), ("NVIDIA", "parakeet-110m-ctc-en", true),
        ("0.6b-v3", "parakeet-tdt-0.6b-v3-int8", true), ("v3", "parakeet-tdt-0.6b-v3-int8", true),
        ("v3", "whisper-distil-large-v3.5", false), ("punctuation", "zipformer-ko", true),
        ("punctuation", "lstm-en", false),
        ("live", "lstm-en", true), ("", "whisper-base", false),
    ])
    func aWordIsSearched(word: String, name: String, isFound: Bool) throws {
        let found = Catalogue.builtIn.entries(matching: CatalogueSearch(words: [word])).map(\.name)
        #expect(found.contains(name) == isFound)
    }

    @Test func theDocumentedTypesThatWriteTokenByTokenAreThose() throws {
        let page = try String(contentsOf: Fixtures.repository.appending(path: "docs/models.md"), encoding: .utf8)
        let types = ModelFamily.allCases.filter(\.writesTokenByToken).map { "`\($0.rawValue)`" }.joined(separator: ", ")
        let words = page.split { $0.isWhitespace }.joined(separator: " ")
        #expect(words.contains("one token after the other (\(types))"), "\(types)")
    }

    @Test func allWordsMustMatch() {
        let found = Catalogue.builtIn.entries(matching: CatalogueSearch(words: ["german", "streaming", "kroko"]))
        #expect(found.map(\.name) == ["streaming-zipformer-kroko-de"])
        #expect(Catalogue.builtIn.entries(matching: CatalogueSearch()).count == Catalogue.builtIn.entries.count)
    }

    @Test func eachRecommendedModelKnowsItsLanguage() throws {
        let catalogue = Catalogue.builtIn
        for code in ["en", "zh", "de", "fr", "es", "ja", "ko", "ru"] {
            #expect(catalogue.recommendation(for: Language(code: code))?.language?.code == code)
        }
        #expect(catalogue.recommendation(for: nil)?.language == nil)
        for recommendation in catalogue.recommendations {
            #expect(recommendation.choices.map(\.machine) == [.slow, .fast])
            for choice in recommendation.choices {
                let entry = try #require(catalogue.entry(named: choice.model))
                let knows = recommendation.language.map(entry.languages.contains) ?? (entry.languages.count > 90)
                #expect(knows, "\(choice.model)")
                #expect(entry.speed != .unknown, "\(choice.model)")
            }
            #expect(catalogue.entry(named: recommendation.slowMachine.model)?.speed == .fast)
        }
    }
}
