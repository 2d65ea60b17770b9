import Foundation
import TestSupport
import Testing

/// `POST /inference`, as the clients of whisper.cpp's server use it.
@Suite(.serialized, .server(TestRegistry([.senseVoice, .whisper]), "--max-upload-size", "300K"))
struct WhisperServerTests {
    private func infer(
        _ file: String = "en_digits_16k.wav", _ fields: KeyValuePairs<String, String> = [:], part: String = "file",
        at path: String = "/inference"
    ) async throws -> Answer {
        let upload = try MultipartBody.Upload(path: Fixtures.audio(file)).named(part)
        return try await APIClient.shared().transcribe(upload, fields, at: path)
    }

    /// The fields of the example in whisper.cpp's examples/server/README.md.
    @Test(arguments: Manifest.shared.files.filter { $0.expected["sense_voice"] != nil })
    func theExampleOfWhisperCppIsAnswered(recording: Manifest.Recording) async throws {
        let text = try #require(recording.result(of: "sense_voice")).text
        let answer = try await infer(
            recording.file,
            [
                "temperature": "0.0", "temperature_inc": "0.2", "prompt": "", "carry_initial_prompt": "true",
                "response_format": "json",
            ])
        #expect(answer.body == #"{"text": "\#(text)"}"#)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.headers["x-asr-ignored"] == "temperature_inc, carry_initial_prompt")
        #expect(answer.headers["openai-processing-ms"] != nil)
    }

    @Test(arguments: ["json", "text", "srt", "vtt"], ["en_two_phrases_16k.wav", "silence_16k.wav"])
    func theseFormatsAreThoseOfTranscriptions(format: String, file: String) async throws {
        let answer = try await infer(file, ["response_format": format])
        let ours = try await APIClient.shared().transcribe(file, ["response_format": format])
        #expect(answer.status == 200)
        #expect(answer.body == ours.body)
        #expect(answer.headers["content-type"] == ours.headers["content-type"])
        #expect(file == "silence_16k.wav" || answer.body.contains("seven eight"))
    }

    private struct Verbose: Decodable {
        struct Word: Decodable {
            var word: String
            var start, end: Double?
        }
        struct Segment: Decodable {
            var id: Int
            var text: String
            var start, end: Double?
            var tokens: [Int]
            var words: [Word]
            var temperature, meanLogProbability, silenceProbability: Double

            private enum CodingKeys: String, CodingKey {
                case id, text, start, end, tokens, words, temperature
                case meanLogProbability = "avg_logprob"
                case silenceProbability = "no_speech_prob"
            }
        }
        var task, language, text: String
        var duration: Double
        var segments: [Segment]
        var detectedLanguage: String?

        private enum CodingKeys: String, CodingKey {
            case task, language, text, duration, segments
            case detectedLanguage = "detected_language"
        }
    }

    @Test func verboseJSONHasTheWordsInTheSegments() async throws {
        let answer = try await infer("en_digits_16k.wav", ["response_format": "verbose_json"]).json(Verbose.self)
        #expect(answer.task == "transcribe")
        #expect(answer.language == "english")
        #expect(answer.detectedLanguage == "english")
        #expect(answer.duration == 1.699)
        #expect(answer.text == "one two three four")
        #expect(answer.segments.map(\.text) == [answer.text])
        let words = answer.segments.flatMap(\.words)
        #expect(words.map(\.word).joined() == answer.text)
        let times = try words.flatMap { [try #require($0.start), try #require($0.end)] }
        #expect(times == times.sorted())
        #expect(times.allSatisfy { (0...1.699).contains($0) })
    }

    @Test func timesAreLeftOutOnRequest() async throws {
        let answer = try await infer(
            "en_digits_16k.wav", ["response_format": "verbose_json", "no_timestamps": "true"])
        let verbose = try answer.json(Verbose.self)
        #expect(verbose.segments.map(\.start) == [nil])
        #expect(verbose.segments.flatMap(\.words).count == 4)
        #expect(!answer.body.contains("t_dtw") && !answer.body.contains("end"))
        #expect(answer.headers["x-asr-ignored"] == nil)
        let subtitles = try await infer("en_digits_16k.wav", ["response_format": "srt", "no_timestamps": "1"])
        #expect(subtitles.headers["x-asr-ignored"] == "no_timestamps")
    }

    @Test func silenceHasNoSegments() async throws {
        let answer = try await infer("silence_16k.wav", ["response_format": "verbose_json"]).json(Verbose.self)
        #expect(answer.text == "")
        #expect(answer.segments.isEmpty)
        #expect(answer.detectedLanguage == nil)
    }

    @Test(arguments: [
        ("", "one two three four"), ("auto", "one two three four"), ("zh", "一二三四"), ("chinese", "一二三四"),
        ("English", "one two three four"),
    ])
    func aLanguageIsACodeOrAName(language: String, text: String) async throws {
        let answer = try await infer("en_digits_16k.wav", ["model": "whisper", "language": language])
        #expect(answer.body == #"{"text": "\#(text)"}"#)
    }

    @Test func detectionOverridesTheLanguage() async throws {
        let answer = try await infer("en_digits_16k.wav", ["language": "zh", "detect_language": "true"])
        #expect(answer.body == #"{"text": "one two three four"}"#)
    }

    @Test(arguments: ["true", "1", "y"]) func aTranslationIsEnglish(word: String) async throws {
        let answer = try await infer(
            "zh_digits_16k.wav", ["model": "whisper", "language": "zh", "translate": word, "response_format": "text"])
        #expect(answer.body == "one two three four five")
        let refused = try await infer("zh_digits_16k.wav", ["translate": word])
        try expectError(refused, 400, "unsupported_value", parameter: "model")
        #expect(try refused.error.message.contains("whisper"))
    }

    @Test(
        arguments: [
            ("temperature", "0.4", "temperature"), ("prompt", "a", "prompt"), ("vad", "false", "vad"),
            ("vad", "true", nil),
            ("beam_size", "5", "beam_size"), ("offset_t", "0", nil), ("translate", "false", nil),
        ] as [(String, String, String?)])
    func fieldsWithoutEffectAreReported(field: String, value: String, ignored: String?) async throws {
        let answer = try await infer("en_word_16k.wav", [field: value])
        #expect(answer.body == #"{"text": "stop"}"#)
        #expect(answer.headers["x-asr-ignored"] == ignored)
    }

    @Test(arguments: [
        ("response_format", "yaml", "invalid_value"), ("temperature", "warm", "invalid_value"),
        ("temperature", "2", "invalid_value"), ("translate", "maybe", "invalid_value"),
        ("no_timestamps", "2", "invalid_value"), ("language", "xx", "unsupported_value"),
        ("offset_t", "60000", "unsupported_value"), ("duration", "1000", "unsupported_value"),
        ("duration", "long", "unsupported_value"),
    ])
    func aBadFieldIsNamed(field: String, value: String, code: String) async throws {
        try expectError(try await infer("en_word_16k.wav", [field: value]), 400, code, parameter: field)
    }

    @Test(
        arguments: [
            ("bad_empty.wav", "file", 400, "audio_empty"), ("bad_text.wav", "file", 400, "audio_undecodable"),
            ("en_word_16k.wav", "audio_file", 400, "missing_required_parameter"),
            ("session_60s.flac", "file", 413, "audio_too_large"),
        ] as [(String, String, UInt, String)])
    func aBadFileIsRefused(file: String, part: String, status: UInt, code: String) async throws {
        try expectError(try await infer(file, part: part), status, code, parameter: "file")
    }

    @Test func aMissingFileIsRefused() async throws {
        let answer = try await APIClient.shared().transcribe(nil, ["temperature": "0"], at: "/inference")
        try expectError(answer, 400, "missing_required_parameter", parameter: "file")
    }

    @Test(arguments: ["//inference", "/inference/", "//inference//", "/inference?language=xx"])
    func everySpellingOfThePathWorks(path: String) async throws {
        #expect(try await infer("en_word_16k.wav", at: path).body == #"{"text": "stop"}"#)
    }

    @Test func otherMethodsAreRefused() async throws {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let answer = try await APIClient.shared().send(method, "/inference")
            try expectError(answer, 405, "method_not_allowed")
            #expect(answer.headers["allow"] == "POST")
        }
    }

    @Test func aModelIsNotLoadedFromAPath() async throws {
        let client = try APIClient.shared()
        let engines = try ServerProcess.shared().engines
        let form = MultipartBody(
            file: nil, fields: ["model": Fixtures.path("Tests/Fixtures/models/whisper/encoder.onnx")])
        let answer = try await client.send(form, to: "/load")
        try expectError(answer, 404, "not_found")
        #expect(try answer.error.message.contains("models.yaml"))
        #expect(try ServerProcess.shared().engines == engines)
    }

    @Test func requestsAreCountedUnderTheRoute() async throws {
        _ = try await infer("en_word_16k.wav", at: "//inference/")
        let client = try APIClient.shared()
        try await eventually("the request is counted") {
            try await client.get("/metrics").body.contains(
                #"asr2clip_http_requests_total{endpoint="/inference",method="POST",status="200"}"#)
        }
    }
}
