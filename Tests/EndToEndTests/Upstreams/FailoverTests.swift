import Foundation
import TestSupport
import Testing

/// Several servers of one model, of which some are full, ill or gone.
@Suite(.serialized)
struct FailoverTests {
    @Test func theNextServerIsAskedBeforeTheFirstByte() async throws {
        let dead = try await deadAddress()
        let later = ["Retry-After: 30"]
        // How often it is asked for three requests; `nil` where that depends on how fast this machine is.
        let cases: [([ScriptedServer.Step], count: Int?)] = [
            (UpstreamAnswer.error(503, headers: later), 1), (UpstreamAnswer.error(502, headers: later), 1),
            (UpstreamAnswer.error(429, headers: later), 1), (UpstreamAnswer.error(401), 1),
            (UpstreamAnswer.error(404), 3), (UpstreamAnswer.error(403), 3), ([.hangUp], nil),
        ]
        for (first, count) in cases {
            try await withScriptedServer(first, toGet: UpstreamAnswer.models) { ill in
                try await withScriptedServer(UpstreamAnswer.text("well"), toGet: UpstreamAnswer.models) { good in
                    try await withForwarder(to: upstreamList(dead, ill.url, good.url)) { client, _ in
                        for _ in 0..<3 {
                            try await client.expect(#"{"text": "well"}"#)
                        }
                        #expect(good.requests.count == 3)
                        if let count { #expect(ill.requests.count == count, "\(first)") }
                    }
                }
            }
        }
    }

    @Test(arguments: [401, 403, 404, 500])
    func aServerThatDoesNotListItsModelsIsUsed(status: Int) async throws {
        try await withScriptedServer(UpstreamAnswer.text("well"), toGet: UpstreamAnswer.error(status)) { upstream in
            try await withForwarder(to: ["url": upstream.url, "model": "m"]) { client, server in
                try await eventually("the server is ready") { try await client.get("/health/ready").status == 200 }
                try await client.expect(#"{"text": "well"}"#)
                #expect(try await metric("asr2clip_upstream_up", client) == 1)
                #expect(!server.process.standardError.contains("An upstream cannot be used."))
                // Whoever starts the server sees that sound leaves the machine.
                try await eventually("it is in the log") {
                    server.process.standardError.contains("model=far upstreams=127.0.0.1:\(upstream.port)/v1")
                }
            }
        }
    }

    @Test func aRecordingThatKillsServersIsSentToTwoOfThem() async throws {
        try await withScriptedServer([.hangUp], toGet: UpstreamAnswer.models) { first in
            try await withScriptedServer([.hangUp], toGet: UpstreamAnswer.models) { second in
                try await withScriptedServer([.hangUp], toGet: UpstreamAnswer.models) { third in
                    try await withForwarder(to: upstreamList(first.url, second.url, third.url)) { client, _ in
                        try expectError(try await client.hear(), 502, "upstream_failed")
                        #expect([first, second, third].map(\.requests.count).reduce(0, +) == 2)
                    }
                }
            }
        }
    }

    /// An engine that dies of the recording takes nothing else with it.
    @Test func aRecordingThatKillsServersGetsTheFallback() async throws {
        try await withScriptedServer([.hangUp], toGet: UpstreamAnswer.models) { first in
            try await withScriptedServer([.hangUp], toGet: UpstreamAnswer.models) { second in
                let entry = upstreamList(first.url, second.url).merging(["fallback": "sense_voice"]) { $1 }
                try await withForwarder(to: entry, beside: [.senseVoice]) { client, _ in
                    let answer = try await client.hear()
                    #expect(answer.body == #"{"text": "stop"}"#)
                    #expect(answer.headers["x-asr-fallback"] == "sense_voice")
                    #expect(first.requests.count + second.requests.count == 2)
                }
            }
        }
    }

    /// It answers at once, so it would always have the fewest requests in hand.
    @Test(arguments: [UpstreamAnswer.error(500), .answer(200, "<html></html>", type: "text/html")])
    func aServerThatFailsOnEveryRequestDoesNotGetThemAll(answer: [ScriptedServer.Step]) async throws {
        try await withScriptedServer([.silence, UpstreamAnswer.text("well")], toGet: UpstreamAnswer.models) { good in
            try await withScriptedServer(answer, toGet: UpstreamAnswer.models) { ill in
                try await withForwarder(to: upstreamList(good.url, ill.url)) { client, _ in
                    let request = Task { try await client.hear() }
                    try await eventually("the first one is busy") { good.requests.count == 1 }
                    try await eventually("the busy one is asked") {
                        try await client.hear().body == #"{"text": "well"}"#
                    }
                    #expect(ill.requests.count >= 2)
                    request.cancel()
                }
            }
        }
    }

    /// A server that is gone without a word is noticed after the stream has begun.
    @Test func aStreamThatHasBegunGetsTheFallbackToo() async throws {
        let entry = ["fallback": "sense_voice"]
        try await withForwarder(toScript: [.pause(.seconds(30)), .hangUp], and: entry, beside: [.senseVoice]) {
            client, server, _ in
            let events = try await client.stream(.init(path: Fixtures.audio(word)), ["stream": "true"])
            #expect(events.doneText == "stop")
            try await eventually("the fallback is in the log") {
                server.process.standardError.contains("takes the place")
            }
        }
    }

    @Test func aServerThatFailsOneRequestGetsTheNext() async throws {
        let well = UpstreamAnswer.text("well")
        try await withForwarder(toScript: [.hangUp], well) { client, _, _ in
            try expectError(try await client.hear(), 503, "upstream_unavailable", parameter: "model")
            try await client.expect(#"{"text": "well"}"#)
        }
        try await withForwarder(toScript: UpstreamAnswer.error(504), well) { client, _, _ in
            try expectError(try await client.hear(), 504, "upstream_timeout")
            try await client.expect(#"{"text": "well"}"#)
        }
    }

    @Test func fullIsTheAnswerOnlyIfAllThatLiveAreFull() async throws {
        let dead = try await deadAddress()
        let full = { (seconds: Int) in UpstreamAnswer.error(429, headers: ["Retry-After: \(seconds)"]) }
        try await withScriptedServer(full(20), toGet: UpstreamAnswer.models) { first in
            try await withScriptedServer(full(7), toGet: UpstreamAnswer.models) { second in
                try await withForwarder(
                    to: upstreamList(first.url, dead, second.url).merging(["fallback": "sense_voice"]) { $1 },
                    beside: [.senseVoice]
                ) { client, _ in
                    let answer = try await client.hear()
                    try expectError(answer, 429, "queue_full")
                    let wait = Int(answer.headers["retry-after"] ?? "") ?? 0
                    #expect((1...7).contains(wait))
                    // They are left alone meanwhile.
                    try expectError(try await client.hear(), 429, "queue_full")
                    #expect(first.requests.count == 1)
                    #expect(second.requests.count == 1)
                }
            }
        }
    }

    @Test func ifAllAreDeadTheAnswerNamesThem() async throws {
        let (first, second) = (try await deadAddress(), try await deadAddress())
        try await withForwarder(to: upstreamList(first, second)) { client, server in
            let answer = try await client.hear()
            try expectError(answer, 503, "upstream_unavailable", parameter: "model")
            #expect(answer.headers["retry-after"] != nil)
            for url in [first, second] { #expect(answer.body.contains(url.replacing("http://", with: ""))) }
            try await eventually("the model is known to be down") {
                try await client.get("/v1/models/far").body.contains(#""status": "failed", "reason": "No server"#)
            }
            try expectError(try await client.get("/health/ready"), 503, "model_not_ready", parameter: "model")
            #expect(try await client.get("/health").body == #"{"status": "loading"}"#)
            #expect(try await metric("asr2clip_upstream_up", client) == 0)
            try await eventually("it is in the log") {
                server.process.standardError.contains("An upstream cannot be used.")
            }
        }
    }

    @Test func aModelOfThisMachineTakesThePlaceOfDeadServers() async throws {
        try await withForwarder(
            to: upstreamList(try await deadAddress()).merging(["fallback": "sense_voice"]) { $1 }, beside: [.senseVoice]
        ) { client, server in
            // Before any request.
            try await eventually("the fallback is ready") { try await client.get("/health/ready").status == 200 }
            #expect(server.engines.count == 1)
            let answer = try await client.hear()
            #expect(answer.body == #"{"text": "stop"}"#)
            #expect(answer.headers["x-asr-fallback"] == "sense_voice")
            #expect(try await client.get("/health/ready").status == 200)
            let events = try await client.stream(.init(path: Fixtures.audio(word)), ["stream": "true"])
            #expect(events.doneText == "stop")
            let language = try await client.transcribe(
                .init(path: Fixtures.audio(word)).named("audio_file"), [:], at: "/detect-language")
            #expect(language.body.contains(#""language_code": "en""#))
            // Sense Voice does not translate.
            try expectError(try await client.translate(word, [:]), 503, "upstream_unavailable", parameter: "model")
            try await eventually("the fallback is in the log") {
                server.process.standardError.contains("takes the place")
            }
        }
    }

    @Test func aFallbackThatCannotWorkIsNotReady() async throws {
        let keys = upstreamList(try await deadAddress()).merging(["fallback": "sense_voice"]) { $1 }
        try await withForwarder(to: keys, beside: [.senseVoice.named("sense_voice", in: "/nonexistent")]) { client, _ in
            try await eventually("the model is known to be down") {
                try await client.get("/v1/models/far").body.contains(#""status": "failed""#)
            }
            try expectError(try await client.get("/health/ready"), 503, "model_failed", parameter: "model")
            #expect(try await client.get("/health").body == #"{"status": "loading"}"#)
        }
    }

    @Test func aServerThatDiesInMidRequestIsReplaced() async throws {
        try await withServer(.init(TestRegistry([.senseVoice]))) { far in
            try await APIClient(far).waitUntilHealthy()
            try await withScriptedServer(UpstreamAnswer.text("well"), toGet: UpstreamAnswer.models) { good in
                let entry = ["upstreams": "[{url: \(far.url)/v1, model: sense_voice}, {url: \(good.url), model: m}]"]
                try await withForwarder(to: entry) { near, _ in
                    let answer = try await APIClient(far).whileStopped("sense_voice") { _ in
                        async let answer = near.hear()
                        try await APIClient(far).waitUntilInHand(1, of: "sense_voice")
                        far.process.signal(SIGKILL)
                        return try await answer
                    }
                    #expect(answer.body == #"{"text": "well"}"#)
                }
            }
        }
    }

    @Test func aServerThatComesBackIsUsedAgain() async throws {
        try await withScriptedServer(
            [UpstreamAnswer.error(503), UpstreamAnswer.text("well")], toGet: UpstreamAnswer.models
        ) { upstream in
            try await withForwarder(to: ["url": upstream.url, "model": "m"]) { client, _ in
                try expectError(
                    try await client.hear(), 503, "upstream_unavailable", parameter: "model")
                try await eventually("the upstream answers again") {
                    try await client.hear().body == #"{"text": "well"}"#
                }
            }
        }
    }

    @Test func nothingIsSentAgainAfterTheFirstByte() async throws {
        let half: [ScriptedServer.Step] = [
            .send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"text\""), .hangUp,
        ]
        try await withScriptedServer(half, toGet: UpstreamAnswer.models) { first in
            try await withScriptedServer(half, toGet: UpstreamAnswer.models) { second in
                try await withForwarder(to: upstreamList(first.url, second.url)) { client, _ in
                    try expectError(try await client.hear(), 502, "upstream_failed")
                    #expect(first.requests.count + second.requests.count == 1)
                }
            }
        }
    }

    @Test func aStreamThatBreaksOffEndsWithAnErrorAndWithoutItsEndMark() async throws {
        let delta = #"{"type": "transcript.text.delta", "delta": "Hi"}"#
        try await withForwarder(toScript: UpstreamAnswer.events([delta])) { client, _, _ in
            let events = try await client.stream(.init(path: Fixtures.audio(word)), ["stream": "true"])
            #expect(events == [.delta("Hi"), .error(code: "upstream_failed")])
        }
    }

    @Test func theTimeWithoutProgressIsLimited() async throws {
        try await withForwarder(toScript: .silence, and: ["timeout": "1s"]) { client, _, _ in
            try expectError(try await client.hear(), 504, "upstream_timeout")
        }
        let delta = #"data: {"type": "transcript.text.delta", "delta": "Hi"}"# + "\n\n"
        let stalled: [ScriptedServer.Step] = [
            .send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + delta), .pause(.seconds(3600)),
        ]
        try await withForwarder(toScript: stalled, and: ["timeout": "3s"]) { client, _, _ in
            let events = try await client.stream(.init(path: Fixtures.audio(word)), ["stream": "true"])
            #expect(events == [.delta("Hi"), .error(code: "upstream_timeout")])
        }
    }

    @Test func aClientThatLeavesEndsTheRequestToTheUpstream() async throws {
        try await withForwarder(toScript: .silence) { client, _, upstream in
            let request = Task { try await client.hear() }
            try await eventually("the upstream has it") { upstream.requests.count == 1 }
            #expect(try await metric("asr2clip_upstream_requests_in_flight", client) == 1)
            request.cancel()
            try await eventually("the request is over") {
                try await metric("asr2clip_upstream_requests_in_flight", client) == 0
            }
            #expect(try await client.get("/metrics").body.contains(#"outcome="cancelled"} 1"#))
        }
    }

    @Test func eachEntryHasItsOwnLimitOfRequests() async throws {
        try await withForwarder(toScript: .silence, and: ["max_queue": "1"], beside: [.senseVoice]) {
            client, _, upstream in
            let request = Task { try await client.hear() }
            try await eventually("the upstream has it") { upstream.requests.count == 1 }
            try expectError(try await client.hear(), 429, "queue_full")
            #expect(try await client.transcribe(word, ["model": "sense_voice"]).status == 200)
            request.cancel()
        }
    }

    @Test func requestsGoToTheServerWithTheFewestInHand() async throws {
        try await withScriptedServer([.silence], toGet: UpstreamAnswer.models) { first in
            try await withScriptedServer([.silence], toGet: UpstreamAnswer.models) { second in
                try await withForwarder(to: upstreamList(first.url, second.url)) { client, _ in
                    let requests = (0..<6).map { _ in Task { try await client.hear() } }
                    try await eventually("all are sent") { first.requests.count + second.requests.count == 6 }
                    #expect(first.requests.count == 3)
                    for request in requests { request.cancel() }
                }
            }
        }
    }

    private func metric(_ name: String, _ client: APIClient) async throws -> Double {
        let lines = try await client.get("/metrics").body.split(separator: "\n").filter { $0.hasPrefix(name + "{") }
        return lines.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}
