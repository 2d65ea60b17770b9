import Foundation
import TestSupport
import Testing

/// Servers that do what they must not.
@Suite(.serialized)
struct HostileUpstreamTests {
    private static let key = "sk-very-secret-0123456789"

    /// Runs `body` with a server that sends recordings with a key to one that follows a script.
    private func withKey(
        _ script: [ScriptedServer.Step]..., and keys: [String: String] = [:],
        _ body: (APIClient, ServerProcess, ScriptedServer) async throws -> Void
    ) async throws {
        try await withScriptedServer(script, toGet: UpstreamAnswer.models) { upstream in
            let entry = ["url": upstream.url, "model": "m", "api_key_env": "FAR_API_KEY"].merging(keys) { $1 }
            try await withForwarder(to: entry, ["--log-level", "trace"], environment: ["FAR_API_KEY": Self.key]) {
                try await body($0, $1, upstream)
                #expect(!$1.process.standardError.contains(Self.key), "the key is in the log")
                #expect(!$1.process.standardError.contains("client-secret"), "the client's key is in the log")
            }
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func aRedirectIsNotFollowed(status: Int) async throws {
        try await withScriptedServer(UpstreamAnswer.text("taken")) { other in
            let redirect = UpstreamAnswer.error(status, headers: ["Location: \(other.url)/audio/transcriptions"])
            try await withKey(redirect) { client, _, _ in
                let answer = try await client.hear()
                try expectError(answer, 503, "upstream_misconfigured", parameter: "model")
                #expect(answer.headers["x-should-retry"] == "false")
                #expect(answer.headers["location"] == nil)
                #expect(!answer.body.contains("\(other.port)"))
                #expect(other.requests.isEmpty)
            }
        }
    }

    @Test func onlyTheEntrysKeyAndNothingOfTheClientIsSentOn() async throws {
        try await withKey(UpstreamAnswer.text("well")) { client, _, upstream in
            let headers = [
                ("Authorization", "Bearer client-secret"), ("api-key", "client-secret"), ("x-api-key", "client-secret"),
                ("Cookie", "a=client-secret"), ("X-Forwarded-For", "client-secret"), ("X-Other", "client-secret"),
                ("OpenAI-Organization", "client-secret"), ("Referer", "http://client-secret/"),
                ("X-Request-ID", "mine"),
            ]
            let answer = try await client.transcribe(
                .init(path: Fixtures.audio(word)), ["language": "en", "prompt": "p", "junk": "client-secret"],
                headers: headers)
            #expect(answer.body == #"{"text": "well"}"#)
            #expect(answer.headers["x-request-id"] == "mine")
            #expect(answer.headers["x-asr-ignored"] == "junk")
            let request = try #require(upstream.requests.first)
            #expect(!(request.head + request.body).contains("client-secret"))
            let names = Set(
                request.head.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" }.lowercased() })
            #expect(
                names == [
                    "host", "content-type", "content-length", "x-request-id", "x-asr2clip-hop", "user-agent",
                    "accept-encoding", "authorization",
                ], "\(request.head)")
            let lines = request.head.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("authorization") }
            #expect(lines == ["Authorization: Bearer \(Self.key)"])
            #expect(request.head.lowercased().contains("host: 127.0.0.1:\(upstream.port)"))
            #expect(request.body.contains("name=\"language\"\r\n\r\nen\r\n"))
            #expect(request.body.contains("name=\"model\"\r\n\r\nm\r\n"))
            #expect(request.body.contains("filename=\"\(word)\""))
        }
    }

    @Test func ofItsHeadersOnlyTheIDComesBack() async throws {
        let script = UpstreamAnswer.text(
            "well",
            headers: [
                "Set-Cookie: a=b", "X-Evil: x", "Access-Control-Allow-Origin: *", "X-Request-ID: theirs",
                "Content-Security-Policy: none", "Server: evil", "x-asr-ignored: evil",
            ])
        try await withKey(script) { client, server, _ in
            let answer = try await client.hear()
            #expect(answer.headers["x-asr-upstream-request-id"] == "theirs")
            #expect(answer.headers["x-request-id"] != "theirs")
            for name in ["set-cookie", "x-evil", "access-control-allow-origin", "server", "x-asr-ignored"] {
                #expect(answer.headers[name] == nil)
            }
            #expect(answer.headers["content-security-policy"] != "none")
            try await eventually("the log has the other server's id") {
                server.process.standardError.contains("upstream_request=theirs")
            }
        }
        let long = UpstreamAnswer.text("well", headers: ["X-Request-ID: " + String(repeating: "x", count: 500)])
        try await withKey(long) { client, _, _ in
            let answer = try await client.hear()
            #expect(answer.headers["x-asr-upstream-request-id"] == nil)
        }
        // `withKey` looks for the key in the log.
        try await withKey(UpstreamAnswer.text("well", headers: ["X-Request-ID: a-\(Self.key)"])) { client, _, _ in
            let answer = try await client.hear()
            #expect(answer.body == #"{"text": "well"}"#)
            #expect(answer.headers["x-asr-upstream-request-id"] == nil)
        }
    }

    @Test(arguments: ["text/html", "application/octet-stream", "image/svg+xml", ""])
    func onlyATranscriptIsPassedOn(type: String) async throws {
        let page = [ScriptedServer.Step].answer(200, "<script>alert(1)</script>", type: type)
        try await withKey(page) { client, _, _ in
            for format in ["json", "text", "verbose_json", "srt", "vtt"] {
                try expectError(
                    try await client.transcribe(word, ["response_format": format]), 502, "upstream_failed")
            }
        }
        try await withKey(.answer(200, #"{"texts": 1}"#, type: "application/json")) { client, _, _ in
            try expectError(try await client.hear(), 502, "upstream_failed")
        }
    }

    @Test func anAnswerWithTheKeyIsNotPassedOn() async throws {
        try await withKey(UpstreamAnswer.text("Bearer \(Self.key)")) { client, _, _ in
            let answer = try await client.hear()
            try expectError(answer, 502, "upstream_failed")
            #expect(!answer.body.contains(Self.key))
        }
        try await withKey(UpstreamAnswer.error(400, "Authorization: Bearer \(Self.key) \\u001b[31m\\n x")) {
            client, _, _ in
            let answer = try await client.hear()
            try expectError(answer, 400, "invalid_value")
            #expect(!answer.body.contains(Self.key))
            #expect(!answer.body.contains("\\u001b"))
        }
        // The cut of a long message falls into the key.
        let long = String(repeating: "x", count: 290) + Self.key
        try await withKey(UpstreamAnswer.error(400, long)) { client, server, _ in
            let answer = try await client.hear()
            try expectError(answer, 400, "invalid_value")
            #expect(!answer.body.contains("sk-very"))
            #expect(!server.process.standardError.contains("sk-very"))
        }
        let escaped = Self.key.replacing("-", with: #"\u002d"#)
        try await withKey(UpstreamAnswer.text("Bearer \(escaped)")) { client, _, _ in
            try expectError(try await client.hear(), 502, "upstream_failed")
        }
        let delta = { (text: String) in #"{"type": "transcript.text.delta", "delta": "\#(text)"}"# }
        try await withKey(UpstreamAnswer.events([delta("Hi"), delta(Self.key), "[DONE]"])) { client, _, _ in
            let events = try await client.stream(.init(path: Fixtures.audio(word)), ["stream": "true"])
            #expect(events == [.delta("Hi"), .error(code: "upstream_failed")])
        }
    }

    @Test func aRefusedKeyIsOurOwnFaultAndNotTheClients() async throws {
        try await withKey(UpstreamAnswer.error(401, "Wrong key \(Self.key)")) { client, _, _ in
            let answer = try await client.hear()
            try expectError(answer, 503, "upstream_misconfigured", parameter: "model")
            #expect(answer.headers["x-should-retry"] == "false")
            #expect(answer.body.contains("'far'"))
            #expect(!answer.body.contains(Self.key))
        }
    }

    @Test func aServerThatRefusesOneRequestGetsTheNext() async throws {
        let refusal = UpstreamAnswer.error(403, "Not with \(Self.key)")
        try await withKey(refusal, UpstreamAnswer.text("well")) { client, _, _ in
            let answer = try await client.hear()
            try expectError(answer, 400, "invalid_value")
            #expect(answer.body.contains("Not with …"), "\(answer.body)")
            try await client.expect(#"{"text": "well"}"#)
        }
    }

    @Test func aKeyThatIsMissingIsReportedWithoutAnUpload() async throws {
        try await withForwarder(
            toScript: UpstreamAnswer.text("well"), and: ["api_key_env": "NOT_THERE_KEY"]
        ) { client, _, upstream in
            try expectError(
                try await client.hear(), 503, "upstream_misconfigured", parameter: "model")
            #expect(upstream.requests.isEmpty)
        }
    }

    @Test func aKeyInAFileMayBeReplacedAtAnyTime() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Data("first\n".utf8), to: "key")
        try await withForwarder(toScript: UpstreamAnswer.text("well"), and: ["api_key_file": file]) {
            client, _, upstream in
            _ = try await client.hear()
            _ = try folder.write(Data("second".utf8), to: "key")
            _ = try await client.hear()
            #expect(upstream.requests[0].head.contains("Authorization: Bearer first\r\n"))
            #expect(upstream.requests[1].head.contains("Authorization: Bearer second\r\n"))
        }
    }

    @Test func aCircleOfServersEnds() async throws {
        let folder = try ServerFolder()
        var registry = TestRegistry([], defaultModel: "far")
        registry.upstreams = ["far": ["url": "http://127.0.0.1:1/v1", "model": "far"]]
        try await withServer(.init(registry), in: folder) { server in
            let client = APIClient(server)
            registry.upstreams = ["far": ["url": server.url + "/v1", "model": "far"]]
            _ = try folder.write(registry)
            try await eventually("the server leads to itself") {
                try await client.get("/v1/models/far").body.contains("127.0.0.1:\(server.port)")
            }
            let answer = try await client.hear()
            try expectError(answer, 400, "upstream_loop", parameter: "model")
            #expect(answer.body.contains("in a circle"))
        }
        try await withForwarder(toScript: UpstreamAnswer.text("well")) { client, _, upstream in
            let form = MultipartBody(
                file: try .init(path: Fixtures.audio(word)), fields: ["model": "far"] as KeyValuePairs)
            let answer = try await client.send(form, headers: [("x-asr2clip-hop", "a,b,c,d,e")])
            try expectError(answer, 400, "upstream_loop", parameter: "model")
            #expect(upstream.requests.isEmpty)
            #expect(try await client.send(form, headers: [("x-asr2clip-hop", "a")]).status == 200)
            #expect(try #require(upstream.requests.first).head.contains("x-asr2clip-hop: a,"))
        }
    }

    /// By the id, nginx tells a node's answer from its own (deploy/nginx/asr2clip.conf).
    @Test(arguments: [(500, 502), (504, 504)])
    func aFailureHasTheIDOfItsRequest(theirs: Int, ours: Int) async throws {
        try await withKey(UpstreamAnswer.error(theirs)) { client, _, _ in
            let answer = try await client.transcribe(
                .init(path: Fixtures.audio(word)), [:], headers: [("X-Request-ID", "mine")])
            #expect(answer.status == ours)
            #expect(answer.headers["x-request-id"] == "mine")
        }
    }

    @Test func anAnswerThatIsNotHTTPIsAnError() async throws {
        try await withKey([.send("SSH-2.0-OpenSSH\r\n"), .hangUp]) { client, _, _ in
            let answer = try await client.hear()
            try expectError(answer, 503, "upstream_misconfigured", parameter: "model")
        }
    }
}
