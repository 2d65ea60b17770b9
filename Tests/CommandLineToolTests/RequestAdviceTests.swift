import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import CommandLineTool

/// Compares what `asr2clip models show` says about requests with the families' own data.
struct RequestAdviceTests {
    private func advice(_ family: ModelFamily, _ options: ModelOptions = ModelOptions()) -> RequestAdvice {
        RequestAdvice(for: .fixture(family, options: options))
    }

    @Test(
        arguments: [
            (.senseVoice, ModelOptions(), "ignored"), (.whisper, ModelOptions(), "ignored"),
            (.qwen3ASR, ModelOptions(), "words that the model reads before it listens"),
            (.funASRNano, ModelOptions(), "ignored; the option hotwords has words for every request"),
            (.transducer, .withHotwords, "hotwords, as far as the model's tokens can spell them"),
            (
                .transducer, ModelOptions(),
                "ignored; hotwords with the option decoding_method: modified_beam_search"
            ),
            (
                .transducer, ModelOptions(["decoding_method": "modified_beam_search", "modeling_unit": "bbpe"]),
                "ignored: hotwords of byte pieces come from the option hotwords_file only"
            ),
        ] as [(ModelFamily, ModelOptions, String)])
    func hintSupportFollowsFromFamilyAndOptions(family: ModelFamily, options: ModelOptions, words: String) {
        #expect(advice(family, options).hints == words)
    }

    @Test(
        arguments: [
            (.senseVoice, nil, "zh, en, ja, ko, yue; detected unless told", nil),
            (.senseVoice, "ja", "zh, en, ja, ko, yue; ja unless told", "ja"),
            (.canary, nil, "en, es, de, fr; en unless told", "en"),
            (.canary, "de", "en, es, de, fr; de unless told", "de"),
            (.paraformer, nil, "makes no difference to this model", nil),
        ] as [(ModelFamily, String?, String, String?)])
    func theDefaultLanguageIsReported(
        family: ModelFamily, option: String?, words: String, unlessTold: String?
    ) throws {
        let options = ModelOptions(language: try option.flatMap { try Language(parsing: $0) })
        #expect(advice(family, options).language == words)
        #expect(advice(family, options).languageUnlessTold?.code == unlessTold)
    }

    @Test func aWhisperModelWithoutFilesHasNoLanguagesYet() {
        let model = ModelSpecification(name: "w", family: .whisper, files: ["encoder": "/nowhere"])
        #expect(RequestAdvice(for: model).language == "known once the files are there")
        #expect(advice(.whisper).language.hasSuffix("; detected unless told"))
    }

    @Test(arguments: ModelFamily.allCases)
    func ignoredFieldsFollowFromTheFamily(family: ModelFamily) {
        let ignored = advice(family).ignored
        #expect(ignored.contains("prompt") == (family.hints != .context))
        #expect(ignored.contains("keywords") == (family.hints != .context))
        #expect(ignored.contains("language") == !family.takesLanguage)
        #expect(ignored.contains("languages") == !family.detectsLanguage)
        #expect(ignored.last == "temperature")
    }

    @Test func aTransducerWithBeamSearchIgnoresNoHints() {
        #expect(advice(.transducer, .withHotwords).ignored == ["language", "languages", "temperature"])
        #expect(
            advice(.canary).json.text == """
                {"language": ["en", "es", "de", "fr"], "language_unless_told": "en", "hints": "ignored", \
                "ignored": ["prompt", "keywords", "languages", "temperature"]}
                """)
    }
}
