import TestSupport
import Testing

/// Hints in requests about words and languages, and the headers about hints without effect.
@Suite(
    .serialized,
    .server(
        TestRegistry([
            .hotwords, .transducer, .senseVoice, .whisper, .paraformer,
        ])))
struct HintTests {
    @Test(
        arguments: [
            ([:], "FOUR EIGHT RIGHT", nil), (["prompt": "for, ate. write"], "FOR ATE WRITE", nil),
            (["keywords[]": "for", "keywords[]": "write"], "FOR EIGHT WRITE", nil),
            (["keywords": "for", "keywords": "ate"], "FOR ATE RIGHT", nil),
            (["prompt": "Names: Zen. For", "keywords[]": "write"], "FOR EIGHT WRITE", "prompt"),
            (["prompt": "ate", "keywords[]": "C#"], "FOUR ATE RIGHT", "keywords"),
            (["prompt": "Zen", "keywords[]": "été"], "FOUR EIGHT RIGHT", "prompt, keywords"),
        ] as [(KeyValuePairs<String, String>, String, String?)])
    func hintsBiasABeamSearchAndUnspellableOnesAreNamed(
        hints: KeyValuePairs<String, String>, text: String, ignored: String?
    ) async throws {
        let answer = try await Self.transcribe("en_homophones_16k.wav", "hotwords", hints)
        #expect(answer.body == #"{"text": "\#(text)"}"#)
        #expect(answer.headers["x-asr-ignored"] == ignored)
    }

    @Test(arguments: ["transducer", "sense_voice", "whisper", "paraformer"])
    func otherModelsReportIgnoredHints(model: String) async throws {
        let hints: KeyValuePairs = ["prompt": "for", "keywords[]": "ate", "temperature": "0.1"]
        let with = try await Self.transcribe("en_homophones_16k.wav", model, hints)
        #expect(with.headers["x-asr-ignored"] == "prompt, keywords, temperature")
        #expect(try await Self.transcribe("en_homophones_16k.wav", model, [:]).body == with.body)
    }

    @Test func hintsApplyToStreams() async throws {
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_homophones_16k.wav"))
        let events = try await APIClient.shared().stream(
            file, ["model": "hotwords", "stream": "true", "keywords[]": "for"])
        #expect(events.doneText == "FOR EIGHT RIGHT")
    }

    /// The engine's findings arrive after the head of a streamed response.
    @Test(arguments: [("transducer", "prompt"), ("hotwords", nil)])
    func theHeadOfAStreamNamesUnsupportedFields(model: String, ignored: String?) async throws {
        let answer = try await Self.transcribe("en_word_16k.wav", model, ["stream": "true", "prompt": "Zen"])
        #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
        #expect(answer.headers["x-asr-ignored"] == ignored)
    }

    @Test func concurrentRequestsKeepTheirOwnHints() async throws {
        let expected = ["for": "FOR EIGHT RIGHT", "ate": "FOUR ATE RIGHT", "write": "FOUR EIGHT WRITE"]
        try await withThrowingTaskGroup { group in
            for (word, text) in Array(repeating: expected.map { $0 }, count: 4).joined() {
                group.addTask {
                    let answer = try await Self.transcribe("en_homophones_16k.wav", "hotwords", ["keywords[]": word])
                    #expect(answer.body == #"{"text": "\#(text)"}"#)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        arguments: [
            (["languages[]": "en", "languages[]": "zh"], "en", nil), (["languages": "EN-us"], "en", nil),
            (["languages[]": "zh"], "auto", nil), (["languages[]": "auto"], "en", nil),
            (["languages[]": "zh", "language": "en"], "en", "languages"),
            (["languages[]": "xx", "language": "en"], "en", "languages"),
        ] as [(KeyValuePairs<String, String>, String, String?)], ["sense_voice", "whisper"])
    func aDetectedLanguageMustBeAmongTheCandidates(
        request: (fields: KeyValuePairs<String, String>, language: String, ignored: String?), model: String
    ) async throws {
        let whole = try await Self.transcribe("en_digits_16k.wav", model, request.fields, format: "verbose_json")
        #expect(try whole.json(Spoken.self) == Spoken(language: request.language, text: "one two three four"))
        #expect(whole.headers["x-asr-ignored"] == request.ignored)
    }

    @Test(arguments: [("en", "en"), ("zh", "auto")])
    func aStreamReportsTheSameLanguage(candidate: String, language: String) async throws {
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_digits_16k.wav"))
        let events = try await APIClient.shared().stream(
            file, ["model": "whisper", "stream": "true", "languages[]": candidate])
        #expect(
            events.suffix(2) == [.done(text: "one two three four", duration: 1.699, language: language), .finished])
    }

    private struct Spoken: Decodable, Equatable {
        var language: String
        var text: String
    }

    @Test(arguments: ["sense_voice", "whisper"])
    func aCandidateTheModelLacksIsRefused(model: String) async throws {
        let answer = try await Self.transcribe(
            "en_word_16k.wav", model, ["languages[]": "en", "languages[]": "xx"])
        try expectError(answer, 400, "unsupported_value", parameter: "languages")
        let message = try answer.error.message
        #expect(message.contains("'xx'") && message.contains("zh"))
    }

    @Test func candidatesAreIgnoredByAModelWithoutDetection() async throws {
        let answer = try await Self.transcribe("en_word_16k.wav", "paraformer", ["languages[]": "xx"])
        #expect(answer.body == #"{"text": "stop"}"#)
        #expect(answer.headers["x-asr-ignored"] == "languages")
    }

    private static func transcribe(
        _ file: String, _ model: String, _ fields: KeyValuePairs<String, String>, format: String = "json"
    ) async throws -> Answer {
        let all = [("model", model), ("response_format", format)] + fields.map { ($0.key, $0.value) }
        let form = MultipartBody(
            file: try .init(path: Fixtures.audio(file)), fields: all.map { (key: $0.0, value: $0.1) })
        return try await APIClient.shared().send(form)
    }
}
