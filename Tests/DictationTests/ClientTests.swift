import Essentials
import Foundation
import ModelStore
import Synchronization
import TestSupport
import Testing

@testable import Dictation

/// The client's requests, and how it handles the responses.
@Suite struct ClientTests: ClientSuite {
    @Test func aRequestHasAllItsFields() async throws {
        try await withScriptedServer(.answer(200, "stop\n")) { server in
            let text = try await client(server.url + "/", key: "k").transcribe(
                request(language: "en", prompt: "Names: Ada"))
            #expect(text == "stop")
            let sent = try #require(server.requests.first)
            #expect(sent.line == "POST /v1/audio/transcriptions")
            #expect(sent.head.contains("Authorization: Bearer k"))
            #expect(sent.head.contains("OpenAI-Organization: org-of-k"))
            for field in ["model\"\r\n\r\nm\r\n", "language\"\r\n\r\nen\r\n", "prompt\"\r\n\r\nNames: Ada\r\n"] {
                #expect(sent.body.contains("name=\"" + field))
            }
            #expect(sent.body.contains("filename=\"en_word_16k.wav\""))
            #expect(!sent.body.contains("name=\"stream\""))
        }
    }

    @Test func plainTextIsRequestedInTheFormatOfEveryServer() async throws {
        try await withScriptedServer(.answer(200, #"{"text": "stop"}"#, type: "application/json")) { server in
            let client = try client(server.url)
            #expect(try await client.transcribe(request()) == "stop")
            #expect(try await client.transcribe(request(format: .verboseJSON)) == #"{"text": "stop"}"#)
            let asked = server.requests.compactMap { $0.body.firstMatch(of: /response_format"\r\n\r\n(\w+)/)?.1 }
            #expect(asked == ["json", "verbose_json"])
        }
    }

    @Test func eventsAreReported() async throws {
        let pieces = [
            ": heard 1.5\n\n", "data: {\"type\": \"transcript.text.delta\", \"delta\": \"one\"}\n\n",
            "data: {\"type\": \"transcript.text.done\", \"text\": \"one\"}\n\n",
        ]
        try await withScriptedServer(.answer(503, "Soon."), .stream(pieces)) { server in
            let told = Mutex<[TranscriptionProgress]>([])
            _ = try await client(server.url).transcribe(request(isStreamed: true)) { progress in
                told.withLock { $0.append(progress) }
            }
            let progress = told.withLock { $0 }
            #expect(progress.contains(.heard(.milliseconds(1500))) && progress.contains(.delta("one")))
            #expect(progress.contains(.sent(1)))
            #expect(progress.contains { if case .retrying(let error, _) = $0 { error.code == .busy } else { false } })
        }
    }

    @Test(arguments: [
        ("1e300", Duration?.some(.longest)), ("-1e300", .zero - .longest), ("inf", .longest), ("nan", .zero),
        ("99999999999999999999", .longest), ("soon", nil),
    ])
    func anImpossibleProgressTimeIsIgnored(words: String, heard: Duration?) async throws {
        let pieces = [": heard \(words)\n\n", "data: {\"type\": \"transcript.text.done\", \"text\": \"one\"}\n\n"]
        try await withScriptedServer(.stream(pieces)) { server in
            let told = Mutex<[TranscriptionProgress]>([])
            let text = try await client(server.url).transcribe(request(isStreamed: true)) { progress in
                told.withLock { $0.append(progress) }
            }
            #expect(text == "one")
            let progress = told.withLock { $0 }.compactMap { if case .heard(let time) = $0 { time } else { nil } }
            #expect(progress == [heard].compactMap { $0 })
        }
    }

    /// The timeout includes twice the recording's length, which must not overflow.
    @Test(arguments: [Duration.seconds(9_000_000_000_000), .seconds(Int64.max)])
    func aRecordingOfAnyLengthCanBeSent(duration: Duration) async throws {
        try await withScriptedServer(.answer(200, "stop")) { server in
            let text = try await client(server.url).transcribe(request(duration: duration))
            #expect(text == "stop")
        }
    }

    @Test func anyResponseMeansReachable() async throws {
        try await withScriptedServer(.answer(404, "<html>")) { server in
            try await client(server.url).checkReachable()
        }
        await #expect(throws: ClientError.self) { try await client("http://127.0.0.1:1/v1").checkReachable() }
    }

    @Test func withoutAKeyNoAuthorizationIsSent() async throws {
        try await withScriptedServer(.answer(200, "stop")) { server in
            _ = try await client(server.url).transcribe(request())
            #expect(server.requests.first?.head.contains("Authorization") == false)
        }
    }

    @Test(arguments: [
        (#"{"data": [{"id": "a", "status": "missing"}, {"id": "b", "status": "loaded"}]}"#, "a"),
        (#"{"data": [{"id": "only", "owned_by": "vllm"}]}"#, "only"), (#"{"data": []}"#, "whisper-1"),
        ("<html>", "whisper-1"),
    ])
    func withoutAModelTheServersFirstModelIsRequested(list: String, model: String) async throws {
        try await withScriptedServer(.answer(200, list), .answer(200, "stop")) { server in
            _ = try await client(server.url).transcribe(request(model: nil))
            #expect(server.requests.map(\.line) == ["GET /v1/models", "POST /v1/audio/transcriptions"])
            #expect(server.requests.last?.body.contains("name=\"model\"\r\n\r\n\(model)\r\n") == true)
        }
    }

    @Test func anAsr2clipServerUsesItsDefaultModel() async throws {
        let list = """
            {"data": [{"id": "a", "owned_by": "local", "status": "unloaded"},
                      {"id": "b", "owned_by": "local", "status": "loaded"}]}
            """
        try await withScriptedServer(.answer(200, list), .answer(200, "stop")) { server in
            _ = try await client(server.url).transcribe(request(model: nil))
            #expect(server.requests.last?.body.contains("name=\"model\"") == false)
        }
    }

    @Test func theModelIsLookedUpOnceAndAgainAfterAFailure() async throws {
        let list = [ScriptedServer.Step].answer(200, #"{"data": [{"id": "only"}]}"#)
        let half: [ScriptedServer.Step] = [.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"da"), .hangUp]
        try await withScriptedServer(.answer(503, "Soon."), half, [.hangUp], list, .answer(200, "stop")) { server in
            let client = try client(server.url)
            for _ in 1...3 { #expect(try await client.transcribe(request(model: nil)) == "stop") }
            let lookups = server.requests.filter { $0.line.hasPrefix("GET") }
            #expect(lookups.count == 4 && server.requests.count == 7)
            #expect(server.requests.last?.body.contains("name=\"model\"\r\n\r\nonly\r\n") == true)
        }
    }

    @Test func theReachabilityCheckAlsoFindsTheModel() async throws {
        let list = [ScriptedServer.Step].answer(200, #"{"data": [{"id": "only"}]}"#)
        try await withScriptedServer(list, .answer(200, "stop")) { server in
            let client = try client(server.url)
            try await client.checkReachable()
            _ = try await client.transcribe(request(model: nil))
            #expect(server.requests.map(\.line) == ["GET /v1/models", "POST /v1/audio/transcriptions"])
        }
    }

    @Test func deltasAreReportedHoweverTheStreamIsChunked() async throws {
        let pieces = [
            ": keep-alive\n\nda", "ta: {\"type\": \"transcript.text.delta\", \"delta\": \"one ü", "\"}\r\n\r\n",
            "data:{\"type\": \"transcript.text.delta\",\ndata: \"delta\": \" two\"}\n\ndata: {\"type\": \"x\"}\n\n",
            "data: {\"type\": \"transcript.text.done\", \"text\": \"one ü two\"}\n\ndata: [DONE]\n\n",
        ]
        try await withScriptedServer(.stream(pieces)) { server in
            let deltas = Mutex<[String]>([])
            let text = try await client(server.url).transcribe(request(isStreamed: true)) { progress in
                if case .delta(let delta) = progress { deltas.withLock { $0.append(delta) } }
            }
            #expect(text == "one ü two")
            #expect(deltas.withLock { $0 } == ["one ü", " two"])
            #expect(server.requests[0].body.contains("name=\"stream\"\r\n\r\ntrue"))
        }
    }

    @Test(arguments: ["data: {\"kind\": \"text\", \"value\": \"one\"}\n\n", "data: [DONE]\n\n", "data: garbage\n\n"])
    func unknownEventsCauseARetryWithoutStreaming(events: String) async throws {
        let answer = [ScriptedServer.Step].answer(200, #"{"text": "stop"}"#, type: "application/json")
        try await withScriptedServer(.stream([events]), answer) { server in
            let text = try await client(server.url).transcribe(request(isStreamed: true))
            #expect(text == "stop")
            #expect(server.requests.map { $0.body.contains("name=\"stream\"") } == [true, false])
        }
        try await withScriptedServer(.stream([events])) { server in
            try await expectError(.failed, "which is no transcript", from: server, requests: 2, isStreamed: true)
        }
    }

    @Test func hintsWithoutEffectAreReportedOnce() async throws {
        let answer = [ScriptedServer.Step].answer(
            200, #"{"text": "stop"}"#, type: "application/json",
            headers: ["x-asr-ignored: prompt, language, temperature"])
        try await withScriptedServer(answer) { server in
            let client = try client(server.url)
            let told = Mutex<[String]>([])
            func ask(_ request: TranscriptionRequest) async throws {
                _ = try await client.transcribe(request) { progress in
                    if case .notice(let words) = progress { told.withLock { $0.append(words) } }
                }
            }
            try await ask(request())
            #expect(told.withLock { $0 } == [])
            for _ in 1...2 { try await ask(request(language: "en", prompt: "Ada")) }
            #expect(told.withLock { $0 } == ["The model makes no use of the language and the prompt."])
        }
    }

    @Test func onlyRemoteServersAreReachedThroughTheProxy() async throws {
        try await withScriptedServer(.answer(200, "stop")) { proxy in
            let proxies = ProxySettings(environment: [
                "http_proxy": "http://127.0.0.1:\(proxy.port)", "no_proxy": "direct.invalid",
            ])
            func ask(_ url: String) async throws -> String {
                var flags = ConfigurationSettings()
                flags.baseURL = url
                var policy = RetryPolicy()
                policy.tries = 1
                return try await TranscriptionClient(
                    try ClientConfiguration(flags: flags), policy: policy, proxies: proxies
                )
                .transcribe(request())
            }
            let text = try await ask("http://speech.invalid/v1")
            #expect(text == "stop")
            let lines = ["CONNECT speech.invalid:80", "POST /v1/audio/transcriptions"]
            #expect(proxy.requests.map(\.line) == lines)
            for url in ["http://127.0.0.1:1/v1", "http://direct.invalid/v1"] {
                await #expect(throws: ClientError.self) { try await ask(url) }
            }
            #expect(proxy.requests.count == 2)
        }
    }

    @Test func aServerThatDoesNotStreamIsUnderstood() async throws {
        let answer = [ScriptedServer.Step].answer(200, #"{"text": "stop"}"#, type: "application/json")
        try await withScriptedServer(answer) { server in
            let client = try client(server.url)
            #expect(try await client.transcribe(request(isStreamed: true)) == "stop")
            #expect(try await client.transcribe(request(format: .json)) == #"{"text": "stop"}"#)
        }
    }
}
