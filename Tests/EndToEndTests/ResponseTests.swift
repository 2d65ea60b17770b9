import Foundation
import TestSupport
import Testing

/// The exact bytes of responses.
@Suite(.serialized, .server(TestRegistry([.senseVoice, .paraformer])))
struct ResponseTests {
    @Test(arguments: [
        ("json", "application/json", #"{"text": "one two three four"}"#),
        ("text", "text/plain; charset=utf-8", "one two three four"),
    ])
    func responseFormatsAreExact(format: String, type: String, body: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_digits_16k.wav", ["model": "sense_voice", "response_format": format])
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == type)
        #expect(answer.body == body)
    }

    private struct Verbose: Decodable {
        struct Segment: Decodable {
            var id: Int
            var start: Double
            var end: Double
            var text: String
        }
        struct Usage: Decodable {
            var type: String
            var seconds: Double
        }
        var task: String
        var language: String
        var duration: Double
        var text: String
        var segments: [Segment]
        var usage: Usage
    }

    @Test func verboseFormatHasItsKeysInOrder() async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_digits_16k.wav", ["model": "sense_voice", "response_format": "verbose_json"])
        #expect(answer.headers["content-type"] == "application/json")
        let keys = answer.body.matches(of: /"([a-z_]+)":/).map { String($0.1) }
        #expect(
            keys == [
                "task", "language", "duration", "text", "segments", "id", "seek", "start", "end", "text", "tokens",
                "temperature", "avg_logprob", "compression_ratio", "no_speech_prob", "usage", "type", "seconds",
            ])
        let verbose = try answer.json(Verbose.self)
        #expect(verbose.task == "transcribe")
        #expect(verbose.language == "en")
        #expect(verbose.duration == 1.699)
        #expect(verbose.text == "one two three four")
        #expect(verbose.usage.type == "duration")
        #expect(verbose.usage.seconds == 1.699)
        let segment = try #require(verbose.segments.first)
        #expect(verbose.segments.count == 1)
        #expect(segment.id == 0)
        #expect(segment.text == "one two three four")
        #expect((0..<segment.end).contains(segment.start))
        #expect(segment.end <= 1.699)
    }

    @Test func anIgnoredLanguageIsNotReportedAsDetected() async throws {
        for hint in ["", "en-US"] {
            let answer = try await APIClient.shared().transcribe(
                "en_digits_16k.wav", ["model": "paraformer", "response_format": "verbose_json", "language": hint])
            #expect(try answer.json(Verbose.self).language == "auto")
        }
    }

    @Test func segmentsOfALongRecordingAreInOrder() async throws {
        let phrases = try Phrases(20)
        let answer = try await APIClient.shared().transcribe(
            phrases.file, ["model": "sense_voice", "response_format": "verbose_json"])
        let verbose = try answer.json(Verbose.self)
        #expect(verbose.segments.count >= 3)
        #expect(verbose.segments.map(\.id) == Array(verbose.segments.indices))
        let times = verbose.segments.flatMap { [$0.start, $0.end] }
        #expect(times == times.sorted())
        #expect(times.allSatisfy { (0...verbose.duration).contains($0) })
        #expect(verbose.segments.map(\.text).joined(separator: " ") == verbose.text)
    }

    @Test func aVerboseJSONStreamNamesItsEventsAndEndsWithSegments() async throws {
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_digits_16k.wav"))
        let raw = try await APIClient.shared().stream(
            file, ["model": "sense_voice", "stream": "true", "response_format": "verbose_json"]
        ) { events in
            _ = try await events.rest()
            return events.raw
        }
        let lines = raw.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0] == "event: transcript.text.delta")
        #expect(lines[2] == "event: transcript.text.done")
        let done = "data: {\"type\": \"transcript.text.done\", \"text\": \"one two three four\", \"duration\": 1.699, "
        #expect(lines[3].hasPrefix(done + "\"language\": \"en\", \"segments\": [{\"id\": 0, \"seek\": 0, \"start\": "))
        #expect(lines[3].contains("\"compression_ratio\": 0.692"))
        #expect(lines[4] == "data: [DONE]")
    }

    @Test(arguments: ["json", "text"])
    func streamingSendsTheSameEventsInEveryFormat(format: String) async throws {
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_digits_16k.wav"))
        let raw = try await APIClient.shared().stream(
            file, ["model": "sense_voice", "stream": "true", "response_format": format]
        ) { events in
            _ = try await events.rest()
            return events.raw
        }
        #expect(
            raw == """
                data: {"type": "transcript.text.delta", "delta": "one two three four"}

                data: {"type": "transcript.text.done", "text": "one two three four", "duration": 1.699, "language": "en"}

                data: [DONE]


                """)
    }

    @Test func progressIsReportedOnRequest() async throws {
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_digits_16k.wav"))
        let raw = try await APIClient.shared().stream(
            file, ["model": "sense_voice", "stream": "true"], headers: [("x-asr-progress", "true")]
        ) { events in
            _ = try await events.rest()
            return events.raw
        }
        #expect(raw.contains("\n\n: heard 1.699\n\n"))
    }

    @Test func deltasOfALongRecordingJoinToItsText() async throws {
        let phrases = try Phrases(20)
        let events = try await APIClient.shared().stream(
            phrases.file, ["model": "sense_voice", "stream": "true"])
        #expect(events.count >= 5)
        #expect(events.deltas == phrases.text)
        #expect(events.doneText == events.deltas)
        #expect(events.last == .finished)
    }

    @Test(arguments: ["silence_16k.wav", "noise_16k.wav"])
    func silenceIsAnEmptyTextAndNoDelta(file: String) async throws {
        let client = try APIClient.shared()
        let whole = try await client.transcribe(file, ["model": "sense_voice"])
        #expect(whole.body == #"{"text": ""}"#)
        let events = try await client.stream(
            .init(path: Fixtures.audio(file)), ["model": "sense_voice", "stream": "true"])
        #expect(events == [.done(text: "", duration: 1.5, language: "auto"), .finished])
    }

    @Test(arguments: [false, true])
    func fieldsMayComeBeforeAndAfterTheFile(fileFirst: Bool) async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_digits_16k.wav", ["model": "sense_voice", "response_format": "text", "unknown": "ignored"],
            fileFirst: fileFirst)
        #expect(answer.body == "one two three four")
    }

    @Test func theRequestIDIsTheClientsOrGenerated() async throws {
        let client = try APIClient.shared()
        let given = try await client.send("GET", "/health", headers: [("X-Request-ID", "trace-7")])
        #expect(given.headers["x-request-id"] == "trace-7")
        let made = try await [client.get("/health"), client.get("/nowhere")].compactMap { $0.headers["x-request-id"] }
        #expect(Set(made).count == 2)
        let server = try ServerProcess.shared()
        try await eventually("the log names the request") {
            server.process.standardError.contains("request=\(made[1])")
        }
    }

    @Test func headersReportTheTimeAndIgnoredFields() async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_digits_16k.wav",
            ["model": "sense_voice", "prompt": "numbers", "temperature": "0.5", "keywords[]": "one", "languages": "en"])
        #expect(Int(answer.headers["openai-processing-ms"] ?? "").map { $0 >= 0 } == true)
        #expect(answer.headers["x-asr-ignored"] == "prompt, keywords, temperature")
        let plain = try await APIClient.shared().transcribe("en_word_16k.wav", ["model": "sense_voice"])
        #expect(plain.headers["x-asr-ignored"] == nil)
    }

    @Test func theLogReportsTheRequestWithoutItsText() async throws {
        let server = try ServerProcess.shared()
        let answer = try await APIClient(server).transcribe("en_homophones_16k.wav", ["model": "sense_voice"])
        let id = try #require(answer.headers["x-request-id"])
        let line = try await untilFound("the log line of the request") {
            server.process.standardError.split(separator: "\n").first {
                $0.contains(id) && $0.contains("Transcribed")
            }.map(String.init)
        }
        for part in ["model=sense_voice", "audio_s=1.563", "wall_s=", "rtf="] { #expect(line.contains(part)) }
        #expect(!server.process.standardError.contains("four eight right"))
    }
}
