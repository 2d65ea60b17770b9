import Foundation
import TestSupport
import Testing

/// `POST /asr` and `POST /detect-language`, as the clients of whisper-asr-webservice use them.
@Suite(
    .serialized,
    .server(
        TestRegistry([
            .senseVoice, .whisper, .paraformer, .hotwords,
            .senseVoice.named("chinese", options: ["language": "zh"]),
        ]), "--max-upload-size", "300K", "--max-duration", "5s"))
struct WhisperServiceTests {
    private static let digits = "en_digits_16k.wav"

    private func post(
        _ path: String, _ bytes: Data, name: String = "audio_file", part: String = "audio_file"
    ) async throws -> Answer {
        try await APIClient.shared().transcribe(
            MultipartBody.Upload(name: name, bytes: bytes).named(part), [:], at: path)
    }

    private func post(_ path: String, file: String = digits) async throws -> Answer {
        try await post(path, Data(contentsOf: URL(filePath: Fixtures.audio(file))), name: file)
    }

    /// The samples of a plain WAV file.
    private func samples(_ file: String = digits) throws -> Data {
        Data(try Data(contentsOf: URL(filePath: Fixtures.audio(file))).dropFirst(44))
    }

    @Test(arguments: ["txt", "json", "srt", "vtt", "tsv"], [true, false])
    func everyOutputHasTheRightText(output: String, isEncoded: Bool) async throws {
        let path = "/asr?task=transcribe&language=en&output=\(output)&encode=\(isEncoded)"
        let answer = isEncoded ? try await post(path) : try await post(path, samples(), name: Self.digits)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(answer.headers["asr-engine"] == "asr2clip")
        #expect(answer.headers["content-disposition"] == #"attachment; filename="en_digits_16k.wav.\#(output)""#)
        #expect(answer.headers["x-asr-ignored"] == nil)
        #expect(answer.headers["openai-processing-ms"] != nil)
        let text = "one two three four"
        switch output {
        case "txt": #expect(answer.body == text + "\n")
        case "tsv": #expect(try /start\tend\ttext\n\d+\t\d+\tone two three four\n/.wholeMatch(in: answer.body) != nil)
        case "json": #expect(try answer.json(Result.self).text == text)
        default:
            let ours = try await APIClient.shared().transcribe(
                Self.digits, ["language": "en", "response_format": output])
            #expect(answer.body == ours.body)
            #expect(answer.body.contains(text))
        }
    }

    private struct Result: Decodable {
        struct Segment: Decodable {
            struct Word: Decodable {
                var word: String
                var start, end: Double
            }
            var id: Int
            var start, end: Double
            var text: String
            var words: [Word]?
        }
        var text: String
        var segments: [Segment]
        var language: String?
    }

    @Test(arguments: [true, false]) func jsonHasWordsOnRequest(hasWords: Bool) async throws {
        let result = try await post("/asr?output=json&word_timestamps=\(hasWords)").json(Result.self)
        #expect(result.language == "en")
        #expect(result.segments.map(\.text) == ["one two three four"])
        let words = result.segments.compactMap(\.words).first
        #expect(words?.map(\.word).joined() == (hasWords ? "one two three four" : nil))
    }

    @Test func withoutParametersThereIsATextOfAllLanguages() async throws {
        #expect(try await post("/asr").body == "one two three four\n")
        #expect(try await post("/asr?output=&language=&initial_prompt=").body == "one two three four\n")
        #expect(try await post("/asr", file: "silence_16k.wav").body == "")
    }

    @Test(arguments: [(0, "one two three four\n"), (1, "one two three four\n")])
    func samplesMayEndInHalfAOne(extraBytes: Int, text: String) async throws {
        let answer = try await post("/asr?encode=false", samples() + Data(repeating: 1, count: extraBytes))
        #expect(answer.body == text)
        #expect(answer.headers["x-asr-damaged-packets"] == nil)
    }

    /// The header of 44 bytes is then heard as a click.
    @Test func aWaveFileThatIsCalledSamplesIsHeard() async throws {
        #expect(try await post("/asr?encode=false").body == "one two three four\n")
    }

    @Test(
        arguments: [
            (0, 400, "audio_empty"), (1, 400, "audio_empty"), (1000, 400, "audio_too_short"),
            (6 * 32_000, 413, "audio_too_long"), (400_000, 413, "audio_too_large"),
        ] as [(Int, UInt, String)])
    func samplesOfTheWrongLengthAreRefused(bytes: Int, status: UInt, code: String) async throws {
        for path in ["/asr?encode=false", "/detect-language?encode=false"] {
            let answer = try await post(path, Data(repeating: 0, count: bytes))
            try expectError(answer, status, code, parameter: "audio_file")
        }
    }

    @Test(arguments: [
        ("output=yaml", "output", "invalid_value"), ("task=summarise", "task", "invalid_value"),
        ("encode=perhaps", "encode", "invalid_value"), ("word_timestamps=x", "word_timestamps", "invalid_value"),
        ("vad_filter=x", "vad_filter", "invalid_value"), ("language=xx", "language", "unsupported_value"),
        ("language=no%20code!", "language", "invalid_value"), ("task=translate", "model", "unsupported_value"),
    ])
    func aBadParameterIsNamed(query: String, parameter: String, code: String) async throws {
        try expectError(try await post("/asr?\(query)"), 400, code, parameter: parameter)
    }

    @Test func aLongPromptIsNamedAsItWasSent() async throws {
        let prompt = String(repeating: "p", count: 10_001)
        try expectError(
            try await post("/asr?initial_prompt=\(prompt)"), 400, "invalid_value", parameter: "initial_prompt")
    }

    @Test(
        arguments: [
            ("model=hotwords", "FOUR EIGHT RIGHT", nil),
            ("model=hotwords&initial_prompt=for,+ate", "FOR ATE RIGHT", nil),
            ("model=hotwords&initial_prompt=for%2C%20ate", "FOR ATE RIGHT", nil),
            ("model=paraformer&initial_prompt=a", "four eight right", "initial_prompt"),
        ] as [(String, String, String?)])
    func aPromptReachesTheModel(query: String, text: String, ignored: String?) async throws {
        let answer = try await post("/asr?\(query)", file: "en_homophones_16k.wav")
        #expect(answer.body == text + "\n")
        #expect(answer.headers["x-asr-ignored"] == ignored)
    }

    @Test func aTranslationIsEnglish() async throws {
        for language in ["", "&language=zh", "&language=Chinese"] {
            let answer = try await post("/asr?model=whisper&task=translate\(language)", file: "zh_digits_16k.wav")
            #expect(answer.body == "one two three four five\n")
        }
        let answer = try await post("/asr?model=whisper&task=transcribe", file: "zh_digits_16k.wav")
        #expect(answer.body == "一二三四五\n")
    }

    @Test(
        arguments: [
            ("vad_filter=true", nil), ("vad_filter=false", "vad_filter"),
            ("diarize=true&min_speakers=2", "diarize, min_speakers"),
            ("video_file=/films/a+b.mkv", "video_file"), ("word_timestamps=true&output=srt", "word_timestamps"),
        ] as [(String, String?)])
    func parametersWithoutEffectAreReported(query: String, ignored: String?) async throws {
        let answer = try await post("/asr?\(query)")
        #expect(answer.status == 200)
        #expect(answer.headers["x-asr-ignored"] == ignored)
    }

    @Test(arguments: [
        (#"a b/ü%22.wav"#, "a%20b%2F%C3%BC%22.wav"), ("..", ".."), ("", ""),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 255)),
    ])
    func theFilesNameIsEncodedInTheHeader(name: String, encoded: String) async throws {
        let answer = try await post("/asr?encode=false", samples(), name: name)
        #expect(answer.headers["content-disposition"] == "attachment; filename=\"\(encoded).txt\"")
    }

    @Test(arguments: ["/asr", "/detect-language"])
    func aWrongPartOrBodyIsRefused(path: String) async throws {
        for part in ["file", "audio", "audio_file[0]x"] {
            let answer = try await post(path, samples(), part: part)
            try expectError(answer, 400, "missing_required_parameter", parameter: "audio_file")
            #expect(try answer.error.message.contains("'audio_file'"))
        }
        try expectError(try await post(path, file: "bad_text.wav"), 400, "audio_undecodable", parameter: "audio_file")
        try expectError(
            try await APIClient.shared().send("POST", path, body: samples()), 415, "unsupported_media_type")
        try expectError(try await APIClient.shared().get(path), 405, "method_not_allowed")
        #expect(try await post("//\(path)//").status == 200)
    }

    private struct Detection: Decodable, Equatable {
        var name: String
        var code: String
        var confidence: Double?

        private enum CodingKeys: String, CodingKey {
            case name = "detected_language"
            case code = "language_code"
            case confidence
        }
    }

    @Test(arguments: [
        ("en_digits_16k.wav", "english", "en"), ("zh_digits_16k.wav", "chinese", "zh"),
        ("silence_16k.wav", "undetermined", "und"),
    ])
    func theLanguageIsDetected(file: String, name: String, code: String) async throws {
        for model in ["sense_voice", "whisper"] {
            for answer in [
                try await post("/detect-language?model=\(model)", file: file),
                try await post("/detect-language?model=\(model)&encode=false", samples(file)),
            ] {
                let detection = Detection(name: name, code: code)
                #expect(try answer.json(Detection.self) == detection)
                #expect(answer.body.hasSuffix(#""confidence": null}"#))
            }
        }
    }

    @Test func detectionTakesLongRecordings() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.senseVoice]))) { server in
            let threeMinutes = try Phrases(50).file.named("audio_file")
            let answer = try await APIClient(server).transcribe(threeMinutes, [:], at: "/detect-language")
            #expect(try answer.json(Detection.self).code == "en")
            // It ended before the recording did, and that is not the same as a client that left.
            let line = try await untilFound("the line in the log") {
                server.process.standardError.split(separator: "\n").first {
                    $0.contains("path=/detect-language") && $0.hasSuffix("Transcribed.")
                }
            }
            #expect(line.contains("model=sense_voice"))
            let heard = try #require(line.firstMatch(of: /audio_s=([\d.]+)/).flatMap { Double($0.1) })
            #expect((30..<120).contains(heard))
            #expect(try await APIClient(server).engines().map(\.abandoned) == [0])
        }
    }

    @Test(arguments: ["paraformer", "hotwords", "chinese"])
    func aModelThatCannotDetectIsRefusedNamingThoseThatCan(model: String) async throws {
        let answer = try await post("/detect-language?model=\(model)")
        try expectError(answer, 400, "unsupported_value", parameter: "model")
        #expect(try answer.error.message.hasSuffix("These can: sense_voice, whisper."))
    }
}
