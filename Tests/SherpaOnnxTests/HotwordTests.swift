import Foundation
import TestSupport
import Testing

@testable import ModelFamilies
@testable import SherpaOnnx

/// Hotwords for which sherpa-onnx would end or crash the process. If a check fails, the test process crashes.
@BlockingCalls @Suite struct HotwordTests {
    @Test(arguments: [
        (["FOR"], "FOR EIGHT RIGHT"), (["ATE"], "FOUR ATE RIGHT"), (["WRITE"], "FOUR EIGHT WRITE"),
        (["FOR", "ATE", "WRITE"], "FOR ATE WRITE"), ([], "FOUR EIGHT RIGHT"),
    ])
    func hotwordsChangeATransducersText(hotwords: [String], text: String) throws {
        let recognizer = try OfflineRecognizer(.transducerWithHotwords)
        #expect(try recognizer.decode(samples("en_homophones_16k.wav"), hotwords: hotwords).text == text)
        #expect(try recognizer.decode(samples("en_homophones_16k.wav")).text == "FOUR EIGHT RIGHT")
    }

    @Test(arguments: [
        "FOR :abc", "FOR :4", ":4", "C#", "#", "@FOR", "FOR/ATE", "FOR\nATE", "FOR\rATE", "", " ", "FOR\0",
    ])
    func ambiguousHotwordsAreRefused(hotword: String) throws {
        let recognizer = try OfflineRecognizer(.transducerWithHotwords)
        let error = #expect(throws: SherpaOnnxError.self) {
            try recognizer.decode(samples("en_homophones_16k.wav"), hotwords: ["FOR", hotword])
        }
        #expect(error?.code == .hotwordsRefused)
    }

    @Test(arguments: [
        RecognizerConfiguration.paraformer, .senseVoice, .moonshine, .transducer,
        .transducer(texts: [.modelingUnit: "bpe", .bpeVocabulary: Fixtures.model("transducer", "bpe.vocab")]),
    ])
    func otherRecognizersTakeNoHotwords(configuration: RecognizerConfiguration) throws {
        let recognizer = try OfflineRecognizer(configuration)
        let error = #expect(throws: SherpaOnnxError.self) {
            try recognizer.decode(samples("en_word_16k.wav"), hotwords: ["STOP"])
        }
        #expect(error?.code == .hotwordsRefused)
        #expect(try !recognizer.decode(samples("en_word_16k.wav")).text.isEmpty)
    }

    @Test(arguments: [("bpe", false), ("bbpe", false), ("cjkchar+bpe", false), ("word", false), ("cjkchar", true)])
    func subwordUnitsNeedTheirVocabulary(unit: String, takes: Bool) {
        let texts: [TextField: String] = [.decodingMethod: "modified_beam_search", .modelingUnit: unit]
        #expect(RecognizerConfiguration.transducer(texts: texts).takesHotwords == takes)
    }

    /// VERIFY.md: stream option use_itn=1.
    @Test func aStreamMayHaveItsOwnOptions() throws {
        let recognizer = try OfflineRecognizer(.senseVoice)
        let speech = try samples("en_digits_16k.wav")
        #expect(try recognizer.decode(speech, options: ["use_itn": "1"]).text == "1 2 3 4")
        #expect(try recognizer.decode(speech).text == "one two three four")
    }
}

extension RecognizerConfiguration {
    static let transducer = transducer(texts: [:])

    static let transducerWithHotwords: Self = {
        var configuration = transducer(texts: [
            .decodingMethod: "modified_beam_search", .modelingUnit: "bpe",
            .bpeVocabulary: Fixtures.model("transducer", "bpe.vocab"),
        ])
        configuration.decimals[.hotwordsScore] = 3
        return configuration
    }()

    static func transducer(texts: [TextField: String]) -> Self {
        let files: [TextField: String] = [
            .transducerEncoder: Fixtures.model("transducer", "encoder.onnx"),
            .transducerDecoder: Fixtures.model("transducer", "decoder.onnx"),
            .transducerJoiner: Fixtures.model("transducer", "joiner.onnx"),
            .tokens: Fixtures.model("transducer", "tokens.txt"),
        ]
        return Self(files.merging(texts) { $1 })
    }
}
