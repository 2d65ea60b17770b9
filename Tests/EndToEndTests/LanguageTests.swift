import TestSupport
import Testing

/// The language in which a request is recognised.
@Suite(
    .serialized,
    .server(
        TestRegistry([
            .senseVoice, .senseVoice.named("digits", options: ["use_itn": "true"]),
            .senseVoice.named("chinese", options: ["language": "zh"]), .whisper, .paraformer,
        ])))
struct LanguageTests {
    @Test(arguments: [
        ("sense_voice", "", "one two three four"), ("sense_voice", "auto", "one two three four"),
        ("sense_voice", "zh", "一二三四"), ("sense_voice", "en", "one two three four"),
        ("sense_voice", "ZH-Hans", "一二三四"),
        ("digits", "", "1 2 3 4"), ("digits", "zh", "1234"), ("digits", "EN", "1 2 3 4"),
        ("chinese", "", "一二三四"), ("chinese", "en", "one two three four"),
        ("whisper", "", "one two three four"), ("whisper", "auto", "one two three four"),
        ("whisper", "zh", "一二三四"), ("whisper", "en-US", "one two three four"),
    ])
    func theRequestedLanguageDecides(model: String, language: String, text: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_digits_16k.wav", ["model": model, "language": language])
        #expect(answer.body == #"{"text": "\#(text)"}"#)
        #expect(answer.headers["x-asr-ignored"] == nil)
    }

    @Test(arguments: [("sense_voice", "en", "one two three four five"), ("whisper", "", "一二三四五")])
    func chineseIsTranscribed(model: String, language: String, text: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            "zh_digits_16k.wav", ["model": model, "language": language])
        #expect(answer.body == #"{"text": "\#(text)"}"#)
    }

    /// sherpa-onnx would end the process for such a language.
    @Test(arguments: ["sense_voice", "whisper"])
    func anUnsupportedLanguageIsRefusedListingSupportedOnes(model: String) async throws {
        let server = try ServerProcess.shared()
        let client = APIClient(server)
        _ = try await client.transcribe("en_word_16k.wav", ["model": model])
        let engines = server.engines
        for stream in ["false", "true"] {
            let answer = try await client.transcribe(
                "en_word_16k.wav", ["model": model, "language": "xx", "stream": stream])
            try expectError(answer, 400, "unsupported_value", parameter: "language")
            let message = try answer.error.message
            #expect(message.contains("en") && message.contains("zh"))
        }
        #expect(server.engines == engines)
    }

    @Test func anIgnoredLanguageIsReported() async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_word_16k.wav", ["model": "paraformer", "language": "en"])
        #expect(answer.body == #"{"text": "stop"}"#)
        #expect(answer.headers["x-asr-ignored"] == "language")
    }

    /// More languages than cached recognizers.
    @Test func alternatingLanguagesStayCorrect() async throws {
        let client = try APIClient.shared()
        for _ in 0..<2 {
            for language in ["ja", "ko", "yue"] {
                let answer = try await client.transcribe(
                    "en_word_16k.wav", ["model": "sense_voice", "language": language])
                #expect(answer.status == 200)
            }
            for (language, text) in [("zh", "停止"), ("en", "stop")] {
                let answer = try await client.transcribe(
                    "en_word_16k.wav", ["model": "sense_voice", "language": language])
                #expect(answer.body == #"{"text": "\#(text)"}"#)
            }
        }
    }
}
