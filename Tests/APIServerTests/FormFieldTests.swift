import ModelFamilies
import SpeechTypes
import TestSupport
import Testing
import TranscriptFormats

@testable import APIServer

@Suite struct FormFieldTests {
    @Test func aFormNeedsAFileAndAModel() async throws {
        let form = try await SentForm().received()
        #expect(form.model == "m")
        #expect(form.fileName == "a.wav")
        #expect(form.format == .json)
        #expect(form.language == nil)
        #expect(form.temperature == 0)
        #expect(!form.isStreamed)
        #expect(form.ignored.isEmpty)
    }

    @Test(arguments: [("json", ResponseFormat.json), ("text", .text), ("verbose_json", .verboseJSON), ("", .json)])
    func aFormatIsReadFromItsName(text: String, format: ResponseFormat) async throws {
        #expect(try await SentForm([("response_format", text)]).received().format == format)
    }

    @Test(arguments: ResponseFormat.allCases)
    func subtitlesAreNotStreamed(format: ResponseFormat) async throws {
        let error = try await SentForm([("stream", "true"), ("response_format", format.rawValue)]).refusal()
        #expect(error?.parameter == ([.srt, .vtt].contains(format) ? "response_format" : nil))
        #expect(try await SentForm([("response_format", format.rawValue)]).received().format == format)
    }

    @Test(arguments: [
        ("en", "en"), ("EN", "en"), ("en-US", "en"), ("zh_CN", "zh"), ("yue", "yue"), ("", nil), ("auto", nil),
        ("AUTO", nil),
    ])
    func aLanguageIsNormalisedToItsCode(text: String, code: String?) async throws {
        #expect(try await SentForm([("language", text)]).received().language?.code == code)
    }

    @Test(arguments: [
        ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("Yes", true), ("false", false), ("False", false),
        ("0", false), ("no", false), ("", false), ("on", true), ("y", true), ("off", false), ("n", false),
    ])
    func aBooleanIsAcceptedInManySpellings(text: String, isOn: Bool) async throws {
        #expect(try await SentForm([("stream", text)]).received().isStreamed == isOn)
    }

    @Test(arguments: [("0", 0.0), ("1", 1.0), ("0.5", 0.5), ("1e-1", 0.1), ("", 0)])
    func aTemperatureIsANumberFromZeroToOne(text: String, number: Double) async throws {
        #expect(try await SentForm([("temperature", text)]).received().temperature == number)
    }

    @Test(arguments: [
        ("response_format", "diarized_json", "unsupported_value", "response_format"),
        ("response_format", "xml", "invalid_value", "response_format"),
        ("response_format", "JSON", "invalid_value", "response_format"),
        ("language", "english please", "invalid_value", "language"),
        ("language", "e", "invalid_value", "language"),
        ("temperature", "warm", "invalid_value", "temperature"),
        ("temperature", "1.01", "invalid_value", "temperature"),
        ("temperature", "-0.1", "invalid_value", "temperature"),
        ("temperature", "nan", "invalid_value", "temperature"),
        ("stream", "maybe", "invalid_value", "stream"),
        ("languages[]", "english please", "invalid_value", "languages"),
        ("timestamp_granularities[]", "letter", "invalid_value", "timestamp_granularities"),
        ("include[]", "usage", "unsupported_value", "include"), ("include", "LOGPROBS", "unsupported_value", "include"),
    ])
    func aBadValueIsRefusedNamingItsField(field: String, value: String, code: String, parameter: String) async throws {
        let error = try #require(try await SentForm([(field, value)]).refusal())
        #expect(error.status == .badRequest)
        #expect(error.code == code)
        #expect(error.parameter == parameter)
        #expect(!error.message.isEmpty)
    }

    @Test(arguments: [
        [("timestamp_granularities[]", "segment"), ("response_format", "verbose_json")],
        [("timestamp_granularities", "word"), ("response_format", "verbose_json")],
        [("timestamp_granularities[]", "")], [("include[]", "")], [("chunking_strategy", "")],
        [("chunking_strategy[type]", "")], [("chunking_strategy[", "x")],
        [("[]", "z"), ("", "")],
    ])
    func fieldsWithoutEffectAreAccepted(fields: [(String, String)]) async throws {
        let form = try await SentForm(fields).received()
        #expect(form.ignored.isEmpty)
    }

    @Test(
        arguments: [
            ([("prompt", "names")], .senseVoice, ["prompt"]), ([("temperature", "0.2")], .senseVoice, ["temperature"]),
            ([("temperature", "0")], .senseVoice, []),
            ([("timestamp_granularities[]", "word")], .whisper, ["timestamp_granularities"]),
            (
                [("timestamp_granularities", "word"), ("response_format", "verbose_json"), ("stream", "true")],
                .senseVoice, ["timestamp_granularities"]
            ),
            ([("keywords[]", "a"), ("keywords[]", "b")], .senseVoice, ["keywords"]),
            ([("prompt", ""), ("keywords[]", ""), ("languages[]", "")], .paraformer, []),
            ([("languages", "en")], .senseVoice, []), ([("languages[]", "en")], .whisper, []),
            ([("languages", "en")], .paraformer, ["languages"]), ([("languages", "en")], .canary, ["languages"]),
            ([("language", "en")], .paraformer, ["language"]), ([("language", "en")], .canary, []),
            ([("languages[]", "en"), ("language", "en")], .whisper, ["languages"]),
            ([("languages[]", "en"), ("language", "en")], .paraformer, ["language", "languages"]),
            ([("keywords", "k"), ("prompt", "p")], .qwen3ASR, []),
            (
                [("temperature", "1"), ("languages[]", "en"), ("keywords", "k"), ("prompt", "p")], .paraformer,
                ["prompt", "keywords", "languages", "temperature"]
            ),
        ] as [([(String, String)], ModelFamily, [String])])
    func fieldsWithoutEffectOnTheModelAreNamed(
        fields: [(String, String)], family: ModelFamily, ignored: [String]
    ) async throws {
        let form = try await SentForm(fields).received()
        #expect(form.options.ignoredFields(with: .fixture(family)) == ignored)
    }

    @Test func hintsThatTheModelCouldNotUseAreNamed() async throws {
        let form = try await SentForm([("prompt", "p"), ("keywords[]", "k")]).received()
        let model = ModelSpecification.fixture(.transducer, options: .withHotwords)
        #expect(form.options.ignoredFields(with: model) == [])
        #expect(form.options.ignoredFields(with: model, unusedHints: [.keywords]) == ["keywords"])
        #expect(
            form.options.ignoredFields(with: .fixture(.transducer), unusedHints: [.keywords]) == ["prompt", "keywords"])
    }

    @Test(arguments: ["keywords", "keywords[]"])
    func hintsAreSplitIntoTheirPhrases(name: String) async throws {
        let form = try await SentForm([(name, "Ada"), ("prompt", "Grace, Mary"), (name, ""), (name, "C#")]).received()
        #expect(form.hints == Hints(prompt: "Grace, Mary", keywords: ["Ada", "C#"]))
    }

    @Test(arguments: [
        (String(repeating: "é", count: 10_000), 500, String(repeating: "二", count: 200), nil),
        (String(repeating: "p", count: 10_001), 1, "k", "prompt"), ("p", 501, "k", "keywords"),
        ("p", 1, String(repeating: "k", count: 201), "keywords"),
    ])
    func hintsHaveASizeLimit(prompt: String, count: Int, keyword: String, parameter: String?) async throws {
        let form = SentForm([("prompt", prompt)] + Array(repeating: ("keywords[]", keyword), count: count))
        let error = try await form.refusal()
        #expect(error?.parameter == parameter)
        #expect(error.map { $0.status == .badRequest && $0.code == "invalid_value" } != false)
    }

    @Test func fieldsThatAnEndpointLacksAreIgnored() async throws {
        let sent = SentForm([("language", "no code"), ("stream", "maybe"), ("prompt", "p")])
        let form = try await sent.received(task: .translate, without: ["language", "stream", "user"])
        #expect(form.task == .translate)
        #expect(form.language == nil)
        #expect(!form.isStreamed)
        #expect(form.ignored == ["language", "stream"])
    }

    @Test(
        arguments: [
            ([], [.segment]), (["segment"], [.segment]), (["word"], [.word]),
            (["word", "segment"], [.word, .segment]),
            (["", "word", "word"], [.word]),
        ] as [([String], Set<TimestampGranularity>)])
    func granularitiesAreAcceptedInAnyCombination(words: [String], expected: Set<TimestampGranularity>) async throws {
        for name in ["timestamp_granularities[]", "timestamp_granularities"] {
            #expect(try await SentForm(words.map { (name, $0) }).received().timestamps == expected)
        }
    }

    @Test(arguments: ["include[]", "include"])
    func logProbabilitiesRequireUnstreamedJSON(name: String) async throws {
        #expect(try await SentForm([(name, "logprobs"), (name, "")]).received().inclusions == [.logProbabilities])
        #expect(try await SentForm([(name, "")]).received().inclusions == [])
        for field in [("response_format", "text"), ("response_format", "verbose_json"), ("stream", "true")] {
            #expect(try await SentForm([(name, "logprobs"), field]).refusal()?.parameter == "include")
        }
    }

    @Test func theLastOfSeveralValuesCounts() async throws {
        let form = try await SentForm([("response_format", "xml"), ("response_format", "text")]).received()
        #expect(form.format == .text)
    }

    @Test func aMissingFileIsNamed() async throws {
        let error = try #require(try await SentForm(file: nil).refusal())
        #expect(error.code == "missing_required_parameter")
        #expect(error.parameter == "file")
    }

    @Test(arguments: [nil, ""]) func aMissingOrEmptyModelMeansTheDefaultModel(model: String?) async throws {
        #expect(try await SentForm(model: model).received().model == nil)
    }

    @Test(arguments: ["timestamp_granularities", "timestamp_granularities[]", "timestamp_granularities[0]"])
    func aListIsReadInEverySpelling(name: String) async throws {
        let form = try await SentForm([(name, "word"), ("response_format", "verbose_json")]).received()
        #expect(form.timestamps == [.word])
    }

    @Test func unknownFieldsAreSkippedAndNamed() async throws {
        var sent = SentForm([
            ("vad_filter", "true"), ("known_speaker_names[]", "a"), ("known_speaker_names[1]", "b"), ("x;y: ß", "1"),
        ])
        sent.parts.insert(
            .init(name: "audio_file", filename: "a.wav", content: String(repeating: "x", count: 2 << 20)), at: 0)
        sent.parts.append(.init(name: "blob", content: String(repeating: "x", count: 2 << 20)))
        let form = try await sent.received(in: TemporaryFolder(), maximumUpload: 8 << 20)
        #expect(form.ignored == ["audio_file", "vad_filter", "known_speaker_names", "x?y???", "blob"])
        #expect(form.fileSize == 4)
    }

    @Test func namesOfUnknownFieldsInAHeaderAreLimited() async throws {
        let many = (0..<900).map { ("field\($0)" + String(repeating: "x", count: 1000), "") }
        let ignored = try await SentForm(many).received().ignored
        #expect(ignored.count == 30 && ignored.allSatisfy { $0.count <= 40 })
    }

    @Test func anEmptyFileHasNoAudio() async throws {
        let error = try #require(try await SentForm(file: "").refusal())
        #expect(error.code == "audio_empty")
        #expect(error.parameter == "file")
        #expect(error.message.contains("a.wav"))
    }
}
