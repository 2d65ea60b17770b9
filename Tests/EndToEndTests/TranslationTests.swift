import TestSupport
import Testing

/// `POST /v1/audio/translations`.
@Suite(.serialized, .server(TestRegistry([.whisper, .senseVoice])))
struct TranslationTests {
    @Test(arguments: Manifest.shared.files.filter { $0.expected["whisper"]?.bySetting["translate"] != nil })
    func speechIsTranslatedToEnglish(recording: Manifest.Recording) async throws {
        let text = try #require(recording.expected["whisper"]?.bySetting["translate"]).text
        let answer = try await APIClient.shared().translate(recording.file, ["model": "whisper"])
        #expect(answer.body == #"{"text": "\#(text)"}"#)
        #expect(answer.headers["x-asr-ignored"] == nil)
        #expect(Int(answer.headers["openai-processing-ms"] ?? "").map { $0 >= 0 } == true)
    }

    private struct Verbose: Decodable {
        var task: String
        var language: String
        var duration: Double
        var text: String
    }

    @Test func verboseJSONNamesTaskAndLanguage() async throws {
        let answer = try await APIClient.shared().translate(
            "zh_digits_16k.wav", ["model": "whisper", "response_format": "verbose_json"])
        let verbose = try answer.json(Verbose.self)
        #expect(verbose.task == "translate")
        #expect(verbose.language == "english")
        #expect(verbose.duration == 2.421)
        #expect(verbose.text == "one two three four five")
    }

    @Test(arguments: [
        ("text", "text/plain; charset=utf-8", "one two three four five"),
        ("srt", "application/x-subrip; charset=utf-8", "1\n00:00:00,"), ("vtt", "text/vtt; charset=utf-8", "WEBVTT\n"),
    ])
    func translationsComeInEveryFormat(format: String, type: String, beginning: String) async throws {
        let answer = try await APIClient.shared().translate(
            "zh_digits_16k.wav", ["model": "whisper", "response_format": format])
        #expect(answer.headers["content-type"] == type)
        #expect(answer.body.hasPrefix(beginning))
        #expect(answer.body.contains("one two three four five"))
    }

    /// OpenAI's translations have no such fields, so their content is never an error.
    @Test func fieldsOfTranscriptionsAreReportedAsIgnored() async throws {
        let answer = try await APIClient.shared().translate(
            "zh_digits_16k.wav",
            [
                "model": "whisper", "language": "no code", "languages[]": "xx", "stream": "true", "prompt": "one",
                "temperature": "0.5",
            ])
        #expect(answer.body == #"{"text": "one two three four five"}"#)
        #expect(answer.headers["x-asr-ignored"] == "prompt, language, languages, stream, temperature")
    }

    @Test func transcriptionsKeepTheSpokenLanguage() async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    let answer = try await APIClient.shared().translate("zh_digits_16k.wav", ["model": "whisper"])
                    #expect(answer.body == #"{"text": "one two three four five"}"#)
                }
                group.addTask {
                    let answer = try await APIClient.shared().transcribe("zh_digits_16k.wav", ["model": "whisper"])
                    #expect(answer.body == #"{"text": "一二三四五"}"#)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aModelThatCannotTranslateIsRefusedNamingOneThatCan() async throws {
        let answer = try await APIClient.shared().translate("en_word_16k.wav", ["model": "sense_voice"])
        try expectError(answer, 400, "unsupported_value", parameter: "model")
        #expect(try answer.error.message == "The model 'sense_voice' cannot translate. These can: whisper.")
    }

    @Test func ifNoModelCanTranslateTheErrorSaysSo() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.senseVoice]))) { server in
            let answer = try await APIClient(server).translate("en_word_16k.wav", ["model": "sense_voice"])
            try expectError(answer, 400, "unsupported_value", parameter: "model")
            #expect(try answer.error.message.contains("No registered model can; docs/models.md"))
        }
    }

    @Test(
        arguments: [
            (["model": "whisper", "response_format": "yaml"], 400, "invalid_value", "response_format"),
            (["model": "whisper", "temperature": "2"], 400, "invalid_value", "temperature"),
            (["model": "whisper-9"], 404, "model_not_found", "model"),
        ] as [(KeyValuePairs<String, String>, UInt, String, String)])
    func aBadFieldIsNamed(
        fields: KeyValuePairs<String, String>, status: UInt, code: String, parameter: String
    ) async throws {
        let answer = try await APIClient.shared().translate("en_word_16k.wav", fields)
        try expectError(answer, status, code, parameter: parameter)
    }

    @Test func aWrongMethodIsRefusedNamingTheRightOne() async throws {
        let answer = try await APIClient.shared().get(APIClient.translations)
        try expectError(answer, 405, "method_not_allowed")
        #expect(answer.headers["allow"] == "POST")
    }
}
