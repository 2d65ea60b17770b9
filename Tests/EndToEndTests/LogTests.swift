import Foundation
import TestSupport
import Testing

/// The server's log, as JSON and as text.
@Suite(.serialized)
struct LogTests {
    private static let key = "sesame"
    private static let asKnown = [("Authorization", "Bearer \(key)")]

    /// A log line about the end of a request.
    private struct Line: Decodable, Equatable {
        var time: String
        var level: String
        var message: String
        var request: String?
        var method: String?
        var path: String?
        var status: Int?
        var wall: Double?
        var model: String?
        var audio: Double?
        var rtf: Double?
        var code: String?

        enum CodingKeys: String, CodingKey {
            case time, level, message, request, method, path, status, model, rtf, code
            case wall = "wall_s"
            case audio = "audio_s"
        }
    }

    private func lines(of server: ServerProcess) throws -> [Line] {
        try server.process.standardError.split(separator: "\n").map { line in
            try #require(try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), "no JSON: \(line)")
        }
    }

    @Test func everyRequestHasOneLogLineWithoutSecrets() async throws {
        let setup = ServerProcess.Setup(
            TestRegistry([.whisper]),
            ["--log-format", "json", "--log-level", "debug", "--api-key", Self.key, "--num-threads", "1"])
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let statuses = try await sendAll(to: server)
            for (name, status) in statuses {
                let line = try await untilFound("the line of \(name)") {
                    try lines(of: server).first { $0.request == name }
                }
                #expect(line.status == status, "\(name)")
            }
            let all = try lines(of: server)
            for name in statuses.keys { #expect(all.filter { $0.request == name }.count == 1, "\(name)") }
            for line in all where line.request != nil {
                #expect(line.method != nil && line.path?.contains("?") == false && line.wall.map { $0 >= 0 } == true)
            }

            func ended(_ name: String) throws -> Line { try #require(all.first { $0.request == name }) }
            for name in ["good", "stream"] {
                let line = try ended(name)
                #expect(line.message == "Transcribed." && line.model == "whisper")
                #expect(line.audio == 3.595 && line.rtf.map { $0 > 0 } == true)
            }
            #expect(try ended("refused").code == "invalid_value")
            #expect(try ended("nowhere").path == "/nowhere")
            #expect(try ended("gone").message == "The client hung up before its answer.")
            #expect(try ended("probe").level == "debug" && ended("scrape").level == "debug")

            let log = server.process.standardError
            // Recognised words, API keys, and content of queries and prompts.
            #expect(["three", "seven", "eight", Self.key, "open-it", "tell-tale"].filter(log.contains) == [])
        }
    }

    /// - Returns: The names of the requests and their statuses.
    private func sendAll(to server: ServerProcess) async throws -> [String: Int] {
        let client = APIClient(server)
        let phrases = try MultipartBody.Upload(path: Fixtures.audio("en_two_phrases_16k.wav"))
        func send(
            _ name: String, _ method: String, _ path: String, _ headers: [(String, String)] = Self.asKnown
        ) async throws -> Int {
            Int(try await client.send(method, path, headers: headers + [("x-request-id", name)]).status)
        }
        func transcribe(_ name: String, _ fields: KeyValuePairs<String, String>) async throws -> Int {
            let headers = Self.asKnown + [("x-request-id", name)]
            return Int(try await client.transcribe(phrases, fields, headers: headers).status)
        }
        var statuses = [
            "good": try await transcribe("good", ["model": "whisper", "prompt": "tell-tale"]),
            "stream": try await transcribe("stream", ["model": "whisper", "stream": "true"]),
            "refused": try await transcribe("refused", ["model": "whisper", "response_format": "docx"]),
            "list": try await send("list", "GET", "/v1/models"),
            "stranger": try await send("stranger", "GET", "/v1/models", [("Authorization", "Bearer open-it")]),
            "nowhere": try await send("nowhere", "GET", "/nowhere?key=\(Self.key)"),
            "method": try await send("method", "PUT", "/v1/models"),
            "head": try await send("head", "HEAD", "/v1/models"),
            "probe": try await send("probe", "GET", "/health?tell-tale"),
            "scrape": try await send("scrape", "GET", "/metrics"),
        ]
        #expect(
            statuses == [
                "good": 200, "stream": 200, "refused": 400, "list": 200, "stranger": 401, "nowhere": 404, "method": 405,
                "head": 200, "probe": 200, "scrape": 200,
            ])
        let long = try Phrases(150).file
        let first = try await client.stream(
            long, ["model": "whisper", "stream": "true"], headers: Self.asKnown + [("x-request-id", "gone")]
        ) { try await $0.next() }
        #expect(first != nil)
        statuses["gone"] = 499
        return statuses
    }

    @Test func messagesOfEnginesHaveTheSameFormat() async throws {
        let workshop = try Workshop()
        // sherpa-onnx reports this on standard error and ends the process.
        let deadly = try workshop.copy(.transducer, as: "deadly")
        try workshop.replace("context_size", by: "context_sizf", in: workshop.path("deadly", "decoder.onnx"))
        try await withServer(.init(TestRegistry([.paraformer, deadly]), ["--log-format", "json"])) { server in
            _ = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "deadly"])
            try await eventually("the engine's words are in the log") {
                try lines(of: server).contains {
                    $0.model == "deadly" && $0.message.contains("'context_size' does not exist")
                }
            }
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
            #expect(try lines(of: server).count > 3)
        }
    }

    @Test func theTextLogHasOneLinePerRequest() async throws {
        try await withServer(.init(TestRegistry([.paraformer]))) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let headers = [("x-request-id", "known-request")]
            _ = try await client.transcribe(
                .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "paraformer"], headers: headers)
            _ = try await client.send("GET", "/metrics", headers: [("x-request-id", "known-scrape")])
            _ = try await client.send("GET", "/v1/ps", headers: [("x-request-id", "known-last")])
            func lines(_ name: String) -> [Substring] {
                server.process.standardError.split(separator: "\n").filter { $0.contains("request=\(name)") }
            }
            try await eventually("the last line is there") { !lines("known-last").isEmpty }
            #expect(lines("known-request").count == 1)
            #expect(lines("known-request").first?.contains("status=200") == true)
            // Probes are logged only at a more detailed level.
            #expect(lines("known-scrape") == [])
            #expect(!server.process.standardError.contains("path=/health"))
        }
    }
}
