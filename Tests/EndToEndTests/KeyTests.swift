import Foundation
import TestSupport
import Testing

/// A server that requires API keys.
@Suite(.serialized, .server(TestRegistry([.paraformer]), "--api-key", "sesame", "--api-key", "barley"))
struct KeyTests {
    @Test(arguments: ["sesame", "barley"]) func requestsWithAKeyAreServed(key: String) async throws {
        let client = try APIClient.shared()
        let answer = try await client.transcribe(
            .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "paraformer"],
            headers: [("Authorization", "Bearer \(key)")])
        #expect(answer.body == #"{"text": "stop"}"#)
        let metrics = try await client.send("GET", "/metrics", headers: [("Authorization", "Bearer \(key)")])
        #expect(metrics.status == 200)
    }

    @Test(arguments: [nil, "Bearer", "Bearer ", "Bearer open", "Basic sesame", "Bearer sesame sesame", "sesame"])
    func requestsWithoutAValidKeyAreRefused(header: String?) async throws {
        let client = try APIClient.shared()
        let headers = header.map { [("Authorization", $0)] } ?? []
        for path in ["/v1/models", "/v1/models/paraformer", "/v1/ps", "/metrics"] {
            let answer = try await client.send("GET", path, headers: headers)
            try expectError(answer, 401, "invalid_api_key")
            #expect(answer.headers["www-authenticate"] == "Bearer")
        }
        let answer = try await client.transcribe(
            .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "paraformer"], headers: headers)
        try expectError(answer, 401, "invalid_api_key")
    }

    @Test(arguments: ["/health", "/health/live", "/health/ready", "/healthz", "/readyz", "/ping"])
    func healthNeedsNoKey(path: String) async throws {
        #expect(try await APIClient.shared().get(path).status != 401)
    }

    @Test(arguments: ["Authorization: Bearer sesame", "x-api-key: sesame", "api-key: barley"])
    func everyRouteTakesAKeyInEachHeader(header: String) async throws {
        let client = try APIClient.shared()
        let parts = header.split(separator: ": ").map(String.init)
        let headers = [(parts[0], parts[1])]
        for path in ["/v1/models", "/v1/ps", "/metrics", "/version"] {
            #expect(try await client.send("GET", path, headers: headers).status == 200, "\(path)")
        }
        let recording = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
        for (path, part) in [
            (APIClient.transcriptions, "file"), ("/inference", "file"), ("/asr?output=txt", "audio_file"),
            ("/openai/deployments/paraformer/audio/transcriptions", "file"),
        ] {
            let answer = try await client.transcribe(recording.named(part), [:], headers: headers, at: path)
            #expect(answer.body.contains("stop"), "\(path): \(answer.body)")
            try expectError(try await client.transcribe(recording.named(part), [:], at: path), 401, "invalid_api_key")
        }
        // A live session is past its key if only the WebSocket is missing.
        try expectError(
            try await client.send("GET", "/v1/realtime?model=paraformer", headers: headers), 426, "upgrade_required")
        try expectError(try await client.get("/v1/realtime?model=paraformer"), 401, "invalid_api_key")
        try expectError(try await client.get("/version"), 401, "invalid_api_key")
    }

    /// An empty or invalid key must not open the server to everybody.
    @Test(
        arguments: [
            (["--api-key", ""], [:]), (["--api-key", "good", "--api-key", ""], [:]), (["--api-key", " "], [:]),
            (["--api-key", "a b"], [:]), (["--api-key", "a\n"], [:]), (["--api-key", "schlüssel"], [:]),
            ([], ["ASR2CLIP_API_KEY": ""]), (["--api-key", "good"], ["ASR2CLIP_API_KEY": ""]),
            ([], ["ASR2CLIP_API_KEY_FILE": ""]), (["--api-key-file", ""], [:]),
        ] as [([String], [String: String])])
    func aServerWithAnEmptyKeyDoesNotStart(arguments: [String], environment: [String: String]) async throws {
        let folder = try ServerFolder()
        let registry = try folder.write(TestRegistry([.paraformer]))
        let result = try await runToEnd(
            ServerProcess.path(of: "asr2clip-serve"), arguments + ["--port", "0", "--config", registry],
            environment: folder.environment.merging(environment) { $1 })
        #expect(result.status == .exited(1))
        #expect(result.output == "")
        #expect(result.error.contains("API key"))
        #expect(["good", "a b", "schlüssel"].filter(result.error.contains) == [])
    }

    /// The only model cannot detect languages, which is told to those with a key, also before the body.
    @Test(
        arguments: [
            (APIClient.transcriptions, 100), ("/openai/deployments/paraformer/audio/transcriptions", 100),
            ("/inference", 100), ("/asr?encode=false", 100), ("/detect-language", 400),
        ] as [(String, UInt)])
    func withoutAKeyTheBodyIsNotRequested(path: String, status: UInt) async throws {
        let form = "Content-Type: \(MultipartBody.contentType)\r\nContent-Length: 2000000\r\nExpect: 100-continue\r\n"
        let head = "POST \(path) HTTP/1.1\r\nHost: localhost\r\n\(form)"
        let stranger = try await ByteConnection.open(to: ServerProcess.shared())
        try await stranger.send(head + "\r\n")
        #expect(try await stranger.answer().status == 401)
        let friend = try await ByteConnection.open(to: ServerProcess.shared())
        try await friend.send(head + "Authorization: Bearer sesame\r\n\r\n")
        #expect(try await friend.answer().status == status)
    }

    @Test func noKeyIsLogged() async throws {
        _ = try await APIClient.shared().send("GET", "/v1/models", headers: [("Authorization", "Bearer open-it")])
        let log = try ServerProcess.shared().process.standardError
        #expect(["sesame", "barley", "open-it"].filter(log.contains) == [])
    }

    @Test func deletionRequiresAServerWithKeys() async throws {
        try await withServer(.init(TestRegistry([.paraformer]))) { server in
            let answer = try await APIClient(server).send("DELETE", "/v1/models/paraformer")
            try expectError(answer, 401, "invalid_api_key")
            #expect(try answer.error.message.contains("--api-key"))
        }
    }
}
