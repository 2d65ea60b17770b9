import Foundation
import TestSupport
import Testing

/// How much a server says that it has to do, and when it asks refused clients to come back.
@Suite(.serialized)
struct QueueLoadTests {
    /// In seconds.
    private struct Load: Sendable, Equatable {
        let sound: Double
        let time: Double
    }

    /// The load that `GET /metrics` tells of a model; `nil` if a value is missing.
    private func queueLoad(of model: String, _ client: APIClient) async throws -> Load? {
        let body = try await client.get("/metrics").body
        func value(_ name: String) -> Double? {
            let series = "\(name){model=\"\(model)\"} "
            return body.split(separator: "\n").first { $0.hasPrefix(series) }
                .flatMap { Double($0.dropFirst(series.count)) }
        }
        guard let sound = value("asr2clip_queue_audio_seconds"), let time = value("asr2clip_queue_seconds") else {
            return nil
        }
        return Load(sound: sound, time: time)
    }

    private func waitUntilIdle(_ model: String, _ client: APIClient) async throws {
        try await eventually("\(model) has nothing to do") {
            try #require(try await queueLoad(of: model, client)) == Load(sound: 0, time: 0)
        }
    }

    /// Checks that a refused client is asked to wait until one of the equal recordings in hand is done: all of them take
    /// the time of the metric, and one lane takes one after the other.
    private func expectWait(_ answer: Answer, untilOneOf count: Int, taking time: Double) throws {
        try expectError(answer, 429, "queue_full")
        let wait = try #require(answer.headers["retry-after"].flatMap { Double($0) })
        let expected = min(60, max(1, time / Double(count)))
        #expect((expected * 0.9...expected * 1.1 + 1).contains(wait), "\(wait) s of \(time) s")
        #expect(try answer.error.message.contains("again in \(Int(wait)) s."))
    }

    @Test func theLoadIsThatOfTheRequestsInHand() async throws {
        let setup = ServerProcess.Setup(
            TestRegistry([.whisper, .paraformer]), ["--num-threads", "1", "--max-queue", "3"])
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let phrases = try Phrases(30)  // 108 s
            // At first the speed is a guess, then it is measured.
            for _ in 0..<2 {
                // A model that is not loaded has values too.
                for model in ["whisper", "paraformer"] { try await waitUntilIdle(model, client) }
                let requests = try await client.whileStopped("whisper") { _ in
                    let requests = (0..<3).map { _ in
                        Task { try await client.transcribe(phrases.file, ["model": "whisper"]) }
                    }
                    try await client.waitUntilInHand(3, of: "whisper")
                    let load = try #require(try await queueLoad(of: "whisper", client))
                    #expect(abs(load.sound - 3 * 107.9) < 3, "\(load)")
                    #expect(load.time > 0)
                    try await waitUntilIdle("paraformer", client)
                    try expectWait(
                        try await client.transcribe("en_word_16k.wav", ["model": "whisper"]), untilOneOf: 3,
                        taking: load.time)
                    try expectWait(
                        try await client.transcribe("en_word_16k.wav", ["model": "paraformer"]), untilOneOf: 3,
                        taking: load.time)
                    return requests
                }
                for request in requests { #expect(try await request.value.status == 200) }
            }
            try await waitUntilIdle("whisper", client)
        }
    }

    @Test func requestsThatFailOrAreCancelledLeaveNoLoad() async throws {
        try await withServer(.init(TestRegistry([.whisper]), ["--num-threads", "1"])) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            #expect(try await client.transcribe("bad_text.wav", ["model": "whisper"]).status == 400)
            try await waitUntilIdle("whisper", client)
            // A client that leaves after the first words.
            try await client.stream(Phrases(400).file, ["model": "whisper", "stream": "true"]) { events in
                let first = try await events.next()
                #expect(first != nil)
                let load = try await client.whileStopped("whisper") { _ in try await queueLoad(of: "whisper", client) }
                #expect(load.map { $0.sound > 0 && $0.sound < 400 * 3.59 && $0.time > 0 } == true, "\(load as Any)")
            }
            try await waitUntilIdle("whisper", client)
            try await client.whileStopped("whisper") { _ in
                let request = Task { try await client.transcribe("en_word_16k.wav", ["model": "whisper"]) }
                try await eventually("there is a load") { try await queueLoad(of: "whisper", client)?.sound ?? 0 > 0 }
                request.cancel()
                try await waitUntilIdle("whisper", client)
            }
        }
    }

    /// By its name, the recording would be eight times as long.
    @Test func theEngineTellsTheLengthOfALongRecording() async throws {
        try await withServer(.init(TestRegistry([.whisper]), ["--num-threads", "1"])) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            var file = try Phrases(400).file
            file.name = "phrases.opus"
            let request = Task { [file] in try await client.transcribe(file, ["model": "whisper"]) }
            let seconds = 400 * 3.6
            try await client.whileStopped("whisper") { _ in
                try await eventually("the estimate is too long") {
                    try await queueLoad(of: "whisper", client)?.sound ?? 0 > seconds * 7
                }
            }
            try await eventually("the length is known") {
                try await (0.001...seconds).contains(queueLoad(of: "whisper", client)?.sound ?? 0)
            }
            request.cancel()
            try await waitUntilIdle("whisper", client)
        }
    }

    /// See Tests/Client/test_realtime_load.py.
    @Test func liveSessionsCountWithWhatHasNoText() async throws {
        try await withServer(.init(TestRegistry([.transducer]))) { server in
            try await APIClient(server).waitUntilHealthy()
            try await runClientTests("test_realtime_load.py", against: server)
        }
    }

    /// See Tests/Client/test_realtime_drain.py.
    @Test func liveSessionsOutlastTheDrain() async throws {
        try await withServer(.init(TestRegistry([.transducer]), ["--drain-delay", "1h"])) { server in
            try await APIClient(server).waitUntilHealthy()
            try await runClientTests("test_realtime_drain.py", against: server)
            #expect(try await server.process.exit() == .exited(0))
        }
    }
}
