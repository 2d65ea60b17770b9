import Foundation
import TestSupport
import Testing

/// The access of web pages in a browser to a server on the same machine.
@Suite(
    .serialized,
    .server(
        TestRegistry([.paraformer]), "--api-key", "sesame", "--allowed-host", "speech.example", "--cors-origin",
        "https://notes.example", "--cors-origin", "app://obsidian.md", "--max-upload-size", "100K"))
struct BrowserTests {
    private static let key = ("Authorization", "Bearer sesame")
    private static let page = ("Origin", "app://obsidian.md")

    private func get(_ path: String, _ headers: (String, String)...) async throws -> Answer {
        try await APIClient.shared().send("GET", path, headers: headers)
    }

    @Test(arguments: ["localhost", "localhost:8000", "x.localhost", "127.0.0.1:1", "[::1]:8000", "speech.example"])
    func localHostNamesAreServed(host: String) async throws {
        #expect(try await get("/v1/models", Self.key, ("Host", host)).status == 200)
    }

    @Test(arguments: ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "192.0.2.1", "[fd00::1]:80"])
    func otherHostNamesAreRefusedOnEveryRoute(host: String) async throws {
        let client = try APIClient.shared()
        for path in ["/v1/models", "/health", "/nowhere"] {
            let answer = try await get(path, Self.key, ("Host", host))
            try expectError(answer, 403, "host_not_allowed")
            #expect(try answer.error.message.contains("--allowed-host"))
            let name = host.split(separator: ":").first.map(String.init) ?? ""
            #expect(try host.hasPrefix("[") || answer.error.message.contains("'\(name)'"))
        }
        let answer = try await client.transcribe(
            .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "paraformer"],
            headers: [Self.key, ("Host", host)])
        try expectError(answer, 403, "host_not_allowed")
        try await eventually("no upload is left") { try ServerProcess.shared().folder.uploads.isEmpty }
    }

    @Test(arguments: ["https://evil.example", "null", "http://localhost", "http://127.0.0.1:1", "app://evil"])
    func pagesOfOtherOriginsAreRefused(origin: String) async throws {
        let client = try APIClient.shared()
        let answers = [
            try await get("/health", ("Origin", origin)), try await get("/v1/models", Self.key, ("Origin", origin)),
            try await client.send("DELETE", "/v1/models/paraformer", headers: [Self.key, ("Origin", origin)]),
            try await client.transcribe(
                .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "paraformer"],
                headers: [Self.key, ("Origin", origin)]),
            try await preflight(origin),
        ]
        for answer in answers {
            try expectError(answer, 403, "origin_not_allowed")
            #expect(try answer.error.message.contains("'\(origin)'") && answer.error.message.contains("--cors-origin"))
            #expect(answer.headers.keys.filter { $0.hasPrefix("access-control") } == [])
        }
    }

    @Test func theServersOwnPageIsServed() async throws {
        let server = try ServerProcess.shared()
        let pages = [
            (server.url, "127.0.0.1:\(server.port)"), ("http://localhost:9", "localhost:9"),
            ("https://speech.example", "speech.example"),
        ]
        for (origin, host) in pages {
            let answer = try await get("/v1/models", Self.key, ("Origin", origin), ("Host", host))
            #expect(answer.status == 200, "\(origin)")
            #expect(answer.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test(arguments: ["https://notes.example", "app://obsidian.md"])
    func anAllowedPageMayReadItsTranscript(origin: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "paraformer", "prompt": "x"],
            headers: [Self.key, ("Origin", origin)])
        #expect(answer.body == #"{"text": "stop"}"#)
        #expect(answer.headers["access-control-allow-origin"] == origin)
        #expect(answer.headers["vary"] == "Origin")
        let exposed = answer.headers["access-control-expose-headers"]?.components(separatedBy: ", ") ?? []
        for header in ["x-request-id", "x-asr-ignored", "openai-processing-ms"] {
            #expect(answer.headers[header] != nil && exposed.contains(header))
        }
    }

    @Test func anAllowedPageMayReadItsErrors() async throws {
        let client = try APIClient.shared()
        let sound = try MultipartBody.Upload(path: Fixtures.audio("en_44k1_stereo.wav"))
        let answers = [
            (401, try await get("/v1/models", Self.page)), (404, try await get("/v1/nothing", Self.key, Self.page)),
            (405, try await client.send("PUT", "/v1/models", headers: [Self.key, Self.page])),
            (400, try await client.transcribe(nil, ["model": "paraformer"], headers: [Self.key, Self.page])),
            (413, try await client.transcribe(sound, ["model": "paraformer"], headers: [Self.key, Self.page])),
            (
                415,
                try await client.send(
                    "POST", APIClient.transcriptions, headers: [Self.key, Self.page], body: Data([1]))
            ),
        ]
        for (status, answer) in answers {
            #expect(answer.status == status)
            #expect(answer.headers["access-control-allow-origin"] == "app://obsidian.md", "\(status)")
            #expect(answer.headers["vary"] == "Origin", "\(status)")
        }
    }

    private func preflight(_ origin: String, _ headers: (String, String)...) async throws -> Answer {
        let asked = [("Origin", origin), ("Access-Control-Request-Method", "POST")]
        return try await APIClient.shared().send("OPTIONS", APIClient.transcriptions, headers: asked + headers)
    }

    @Test func aPreflightOfAnAllowedPageNeedsNoKey() async throws {
        let answer = try await preflight(
            "https://notes.example", ("Access-Control-Request-Headers", "authorization,x-stainless-lang"),
            ("Access-Control-Request-Private-Network", "true"))
        #expect(answer.status == 204)
        #expect(answer.body == "" && answer.headers["content-length"] == nil)
        #expect(answer.headers["access-control-allow-origin"] == "https://notes.example")
        #expect(answer.headers["access-control-allow-methods"] == "GET, POST, DELETE")
        let headers = answer.headers["access-control-allow-headers"]?.components(separatedBy: ", ") ?? []
        #expect(Set(["authorization", "content-type", "x-stainless-lang"]).isSubset(of: headers))
        #expect(answer.headers["access-control-max-age"].flatMap { Int($0) } ?? 0 > 0)
        #expect(answer.headers["access-control-allow-private-network"] == "true")
        #expect(answer.headers["vary"] == "Origin")
        let plain = try await preflight("https://notes.example")
        #expect(plain.headers["access-control-allow-private-network"] == nil)
    }

    @Test func optionsWithoutAnOriginIsAnOrdinaryMethod() async throws {
        let answer = try await APIClient.shared().send("OPTIONS", "/v1/models", headers: [Self.key])
        try expectError(answer, 405, "method_not_allowed")
    }

    @Test(arguments: ["null", "https://evil.example"])
    func aStarAllowsEveryPage(origin: String) async throws {
        try await withServer(.init(TestRegistry([.paraformer]), ["--cors-origin", "*"])) { server in
            let answer = try await APIClient(server).send("GET", "/v1/models", headers: [("Origin", origin)])
            #expect(answer.status == 200)
            #expect(answer.headers["access-control-allow-origin"] == "*")
        }
    }
}
