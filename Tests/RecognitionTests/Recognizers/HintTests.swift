import Foundation
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

@BlockingCalls @Suite struct HintTests {
    @Test(
        arguments: [
            (Hints(keywords: ["FOR"]), "FOR EIGHT RIGHT", []),
            (Hints(prompt: "FOR, ATE. WRITE"), "FOR ATE WRITE", []),
            (Hints(prompt: "ate", keywords: ["write", "for"]), "FOR ATE WRITE", []),
            (
                Hints(prompt: "Ada Lovelace", keywords: ["FOR", "ZEN", "FOR :9", "C#"]), "FOR EIGHT RIGHT",
                ["ZEN", "FOR :9", "C#", "Ada Lovelace"]
            ),
            (Hints(), "FOUR EIGHT RIGHT", []),
        ] as [(Hints, String, [String])])
    func beamSearchPrefersTheHintsItCanSpell(hints: Hints, text: String, unused: [String]) throws {
        let recognizer = try LoadedModel.recognizer(.transducer, options: .withHotwords)
        let sound = SpeechSegment(offset: 0, audio: try .fixture("en_homophones_16k.wav"))
        #expect(try recognizer.recognize(sound, language: nil, hints: hints).map(\.text) == [text])
        #expect(recognizer.unused(hints) == unused)
    }

    @Test(arguments: ModelFamily.withFixture)
    func familiesWithoutHintSupportIgnoreHints(family: ModelFamily) throws {
        let recognizer = try LoadedModel.recognizer(family)
        let sound = SpeechSegment(offset: 0, audio: try .fixture("en_homophones_16k.wav"))
        let hints = Hints(keywords: ["FOR"])
        let with = try recognizer.recognize(sound, language: nil, hints: hints)
        #expect(try with == recognizer.recognize(sound, language: nil))
        #expect(recognizer.unused(hints) == ["FOR"])
        #expect(!ModelSpecification.fixture(family).takesHints)
    }

    @Test(arguments: [
        ("FOR", "FOR"), ("for ate", "FOR ATE"), ("ZERO SEVEN", "ZERO SEVEN"), ("STOP", "STOP"), ("STOPS", nil),
        ("ZEN", nil), ("ÉTÉ", nil), ("中文", nil), ("", nil), (":", nil), ("#ONE", nil),
        ("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT", "ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT"),
        ("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE", nil),
    ])
    func piecesMustAllBeTokens(phrase: String, spelling: String?) throws {
        let speller = try #require(try HotwordSpeller(.fixture(.transducer, options: .withHotwords)))
        #expect(speller.spelling(of: phrase) == spelling)
    }

    @Test(arguments: [
        ("中文", "中文"), ("中 文", "中 文"), ("中ok文", "中ok文"), ("中国", nil), ("OK", "ok"), ("o k", nil), ("é", nil),
        ("中:", nil),
    ])
    func charactersMustAllBeTokens(phrase: String, spelling: String?) throws {
        let folder = try TemporaryFolder()
        let tokens = try folder.write(Data("<blk> 0\n中 1\n文 2\nok 3\n: 4\n".utf8), to: "tokens.txt")
        let model = ModelSpecification(
            name: "m", family: .transducer, files: ["tokens": tokens],
            options: ModelOptions(["decoding_method": "modified_beam_search"]))
        #expect(try HotwordSpeller(model)?.spelling(of: phrase) == spelling)
    }

    /// Scores whose sums favour or disfavour long pieces, added as in the library's encoder.
    @Test(arguments: [
        ("ab", ["▁ab"]), ("abc", ["▁ab", "c"]), ("ac", ["▁a", "c"]), ("aa", nil), ("abab", nil), ("", ["▁"]),
        ("x", nil),
    ])
    func aWordIsSplitAtTheBestScores(word: String, pieces: [String]?) throws {
        let folder = try TemporaryFolder()
        let content = "<unk>\t0\n▁\t-9\n▁a\t-1\n▁ab\t-1\nc\t-2\nbc\t-4\n"
        let vocabulary = try BPEVocabulary(path: folder.write(Data(content.utf8), to: "bpe.vocab"))
        #expect(vocabulary.pieces(of: word) == pieces)
    }

    @Test(arguments: [("▁a\t-1\n▁b\n", 2), ("a b\n", 1), ("a 1\n\nb 2\n", 2), ("a nan\n", 1)])
    func aBadVocabularyIsNamedBeforeLoading(content: String, line: Int) throws {
        let folder = try TemporaryFolder()
        var options = ModelOptions.withHotwords
        let path = try folder.write(Data(content.utf8), to: "bpe.vocab")
        options.values["bpe_vocab"] = .text(path)
        let error = #expect(throws: RecognitionError.self) { try Recognizer(.fixture(.transducer, options: options)) }
        #expect(error?.message.contains("the file 'bpe.vocab' line \(line) is not 'piece score'") == true)
    }

    @Test func qwenUsesAsManyHintsAsFitBesideTheAudio() throws {
        let planner = try HintPlanner(.fixture(.qwen3ASR))
        let plan = planner.plan(Hints(prompt: "Bletchley", keywords: ["Ada Lovelace", "<|im_end|>", "a,b"]))
        #expect(plan == HintPlan(context: "Ada Lovelace,Bletchley", unused: ["<|im_end|>", "a,b"]))
        let many = (0..<100).map { "word\($0)" }
        let full = planner.plan(Hints(keywords: many))
        #expect(full.context.map { $0.utf8.count <= 208 } == true)
        #expect(full.unused.count + (full.context?.split(separator: ",").count ?? 0) == many.count)
        let roomy = ModelSpecification.fixture(.qwen3ASR, options: ModelOptions(["max_total_len": 2048]))
        #expect(try HintPlanner(roomy).plan(Hints(keywords: many)).unused.isEmpty)
    }

    @Test(arguments: [
        (Hints(prompt: "  "), []), (Hints(prompt: "a b.c\nd,a b"), ["a b", "c", "d"]),
        (Hints(prompt: "x", keywords: ["x", " y  z ", ""]), ["x", "y z"]), (Hints(prompt: "你好，世界。"), ["你好", "世界"]),
    ])
    func hintsArePhrases(hints: Hints, phrases: [String]) {
        #expect(hints.phrases == phrases)
    }

    @Test(
        arguments: [
            (Hints(), [], []), (Hints(prompt: "a, b", keywords: ["b", "c"]), [], []),
            (Hints(prompt: "a, b", keywords: ["b", "c"]), ["a"], [.prompt]),
            (Hints(prompt: "a, b", keywords: ["b", " c  d "]), ["c d"], [.keywords]),
            (Hints(prompt: "a, b", keywords: ["b", "c"]), ["b"], [.prompt, .keywords]),
        ] as [(Hints, [String], [Hints.Field])])
    func aPhraseIsTracedToItsFields(hints: Hints, phrases: [String], fields: [Hints.Field]) {
        #expect(hints.fields(of: phrases) == fields)
    }

    @Test func hintsArePlannedOncePerRecording() {
        let planned = Mutex<[Hints]>([])
        let plans = HintPlans { hints in
            planned.withLock { $0.append(hints) }
            return HintPlan(unused: hints.keywords)
        }
        let (ada, eve) = (Hints(prompt: "", keywords: ["Ada"]), Hints(prompt: "", keywords: ["Eve"]))
        for _ in 1...100 { #expect(plans.plan(for: ada).unused == ["Ada"]) }
        #expect(plans.plan(for: eve).unused == ["Eve"])
        #expect(planned.withLock { $0 } == [ada, eve])
    }
}
