import Foundation
import TestSupport
import Testing

/// What holds for all endpoints of other servers, and their clients: see Tests/Client.
struct CompatibilityTests {
    @Test func azuresClientWorksUnchanged() async throws {
        try await runClientTests(
            "test_azure.py",
            on: ServerProcess.Setup(
                TestRegistry([.senseVoice, .whisper], aliases: ["team/whisper": "whisper"]), ["--api-key", "right"]))
    }

    @Test func bazarrsRequestsAreAnswered() async throws {
        try await runClientTests("test_bazarr.py", on: ServerProcess.Setup(TestRegistry([.whisper])))
    }

    @Test func aFullServerReadsNoUpload() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.whisper]), environment: ["ASR2CLIP_MAX_QUEUE": "1"])) {
            server in
            let client = APIClient(server)
            let request = try await client.whileStopped("whisper") { _ in
                let request = Task { try await client.transcribe("en_word_16k.wav", ["model": "whisper"]) }
                try await client.waitUntilInHand(1, of: "whisper")
                for path in [
                    "/inference", "/asr", "/detect-language", "/openai/deployments/whisper/audio/transcriptions",
                ] {
                    let connection = try await ByteConnection.open(to: server)
                    try await connection.send(Self.head(path))
                    let answer = try await connection.answer()
                    try expectError(answer, 429, "queue_full")
                    #expect(answer.headers["retry-after"] != nil)
                }
                return request
            }
            #expect(try await request.value.body == #"{"text": "stop"}"#)
        }
    }

    /// A mistake in the path or the query is answered before the body is requested.
    @Test func aMistakeInTheHeadIsToldBeforeTheUpload() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.whisper, .paraformer]))) { server in
            for (path, status, code, parameter) in [
                ("/asr?output=yaml", 400, "invalid_value", "output"),
                ("/asr?task=sing&model=nope", 400, "invalid_value", "task"),
                ("/asr?model=nope", 404, "model_not_found", "model"),
                ("/asr?encode=perhaps", 400, "invalid_value", "encode"),
                ("/asr?language=no%20code!", 400, "invalid_value", "language"),
                ("/asr?task=translate&model=paraformer", 400, "unsupported_value", "model"),
                ("/detect-language?model=paraformer", 400, "unsupported_value", "model"),
                ("/detect-language?encode=perhaps", 400, "invalid_value", "encode"),
                ("/openai/deployments/nope/audio/transcriptions", 404, "model_not_found", "model"),
                ("/openai/deployments/nope/audio/translations", 404, "model_not_found", "model"),
                ("/openai/deployments/paraformer/audio/translations", 400, "unsupported_value", "model"),
            ] as [(String, UInt, String, String)] {
                let connection = try await ByteConnection.open(to: server)
                try await connection.send(Self.head(path))
                let answer = try await connection.answer()
                try expectError(answer, status, code, parameter: parameter)
                #expect(answer.headers["connection"] == "close", "\(path)")
            }
            for path in [
                "/asr?output=srt&model=paraformer", "/detect-language", "/asr?task=translate",
                "/openai/deployments/whisper/audio/translations", "/inference?response_format=yaml",
            ] {
                let connection = try await ByteConnection.open(to: server)
                try await connection.send(Self.head(path))
                #expect(try await connection.answer().status == 100, "\(path)")
            }
        }
    }

    private static func head(_ path: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(MultipartBody.contentType)\r\n"
            + "Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n"
    }

    @Test func pagesOfOtherSitesAreRefused() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.paraformer]))) { server in
            let client = APIClient(server)
            for path in [
                "/inference", "/asr", "/detect-language", "/openai/deployments/a/audio/transcriptions", "/load",
            ] {
                let answer = try await client.send("POST", path, headers: [("Origin", "https://evil.example")])
                try expectError(answer, 403, "origin_not_allowed")
                let rebound = try await client.send("POST", path, headers: [("Host", "evil.example")])
                try expectError(rebound, 403, "host_not_allowed")
            }
        }
    }

    @Test func theVersionIsToldAndTheServerIsAlive() async throws {
        try await withServer(ServerProcess.Setup(TestRegistry([.paraformer]))) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let version = try await runToEnd(ServerProcess.path(of: "asr2clip-serve"), ["--version"])
            let word = try #require(version.output.split(whereSeparator: \.isWhitespace).last)
            #expect(try await client.get("/version").body == #"{"version": "\#(word)"}"#)
            for path in ["/healthz", "/readyz", "/ping"] {
                #expect(try await client.get(path).body == #"{"status": "ok"}"#)
                #expect(try await client.send("HEAD", path).status == 200)
                try expectError(try await client.send("POST", path), 405, "method_not_allowed")
            }
        }
    }
}
