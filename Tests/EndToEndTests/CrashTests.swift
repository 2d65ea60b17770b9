import Foundation
import TestSupport
import Testing

/// Engines that are killed while they work.
@Suite(.serialized)
struct CrashTests {
    private let setup = ServerProcess.Setup(TestRegistry([.whisper, .senseVoice]), ["--num-threads", "1"])

    private func withHealthyServer(_ body: (ServerProcess, APIClient) async throws -> Void) async throws {
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            try await body(server, client)
            try await eventually("no upload is left") { server.folder.uploads.isEmpty }
            #expect(try await client.get("/health").body == #"{"status": "ok"}"#)
        }
    }

    @Test func aRequestSurvivesACrashOfItsEngine() async throws {
        try await withHealthyServer { server, client in
            let phrases = try Phrases(40)
            async let answer = client.transcribe(phrases.file, ["model": "whisper", "response_format": "text"])
            let engine = try await server.busyEngine(of: "whisper")
            kill(engine, SIGKILL)
            #expect(try await answer.body == phrases.text)
            #expect(!server.engines.contains(engine))
            try await eventually("the log says why") { server.process.standardError.contains("signal 9") }
        }
    }

    @Test func aStreamSurvivesACrashWithoutRepeatingText() async throws {
        try await withHealthyServer { server, client in
            let phrases = try Phrases(40)
            let engine = try #require(server.engines.first)
            let events = try await client.stream(phrases.file, ["model": "whisper", "stream": "true"]) { events in
                let first = try #require(try await events.next())
                kill(engine, SIGKILL)
                return [first] + (try await events.rest())
            }
            #expect(events.deltas == phrases.text)
            #expect(events.doneText == phrases.text)
            #expect(events.last == .finished)
            #expect(!server.engines.contains(engine))
        }
    }

    @Test func aRequestRunningAtTwoCrashesFailsAloneAndIsNotRetried() async throws {
        try await withHealthyServer { server, client in
            let phrases = try Phrases(40)
            async let answer = client.transcribe(phrases.file, ["model": "whisper"])
            let first = try await server.busyEngine(of: "whisper")
            kill(first, SIGKILL)
            let second = try await server.busyEngine(of: "whisper", otherThan: [first])
            async let behind = client.transcribe("en_word_16k.wav", ["model": "whisper"])
            async let beside = client.transcribe("en_word_16k.wav", ["model": "sense_voice"])
            #expect(try await beside.body == #"{"text": "stop"}"#)
            kill(second, SIGKILL)
            try expectError(try await answer, 500, "engine_crashed")
            #expect(try await answer.headers["x-should-retry"] == "false")
            #expect(try await behind.body == #"{"text": "stop"}"#)
        }
    }

    /// It used to wait until the long recording had been decoded again, alone.
    @Test func aShortRequestAfterACrashDoesNotWaitForALongOne() async throws {
        try await withHealthyServer { server, client in
            let phrases = try Phrases(60)
            async let long = client.transcribe(phrases.file, ["model": "whisper", "response_format": "text"])
            let engine = try await server.busyEngine(of: "whisper")
            kill(engine, SIGKILL)
            let apart = try await server.busyEngine(of: "whisper", otherThan: [engine])
            kill(apart, SIGSTOP)
            for _ in 0..<3 {
                let answer = try await client.transcribe("en_word_16k.wav", ["model": "whisper"])
                #expect(answer.body == #"{"text": "stop"}"#)
            }
            // The long one is still being decoded, by an engine of its own.
            let engines = try await client.engines().filter { $0.model == "whisper" }
            #expect(engines.first { $0.pid == apart }?.requests == 1)
            #expect(engines.count == 2)
            kill(apart, SIGCONT)
            #expect(try await long.body == phrases.text)
        }
    }

    private static func size(of path: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }

    @Test func sixteenRequestsSurviveACrash() async throws {
        try await withHealthyServer { server, client in
            let requests = try await client.crowd((0..<16).map { $0 % 4 + 1 }, at: "whisper")
            let engine = try await server.busyEngine(of: "whisper")
            kill(engine, SIGKILL)
            for (request, text) in requests { #expect(try await request.value.body == text) }
            try await eventually("it is in the log") { server.deaths >= 1 }
            #expect(server.deaths == 1)
            // The normal engine and the one for suspects.
            #expect(server.engines.count == 2 && !server.engines.contains(engine))
        }
    }

    /// Every engine that opens one request's recording is killed. At first the server cannot know which of the sixteen
    /// it was; the second time, the request runs alone.
    @Test func aRequestThatCrashesEveryEngineFailsAloneAmongSixteen() async throws {
        try await withHealthyServer { server, client in
            let size = 40
            let killer = Task {
                let bytes = try Phrases(size).file.bytes.count
                var killed: [Int32] = []
                while !Task.isCancelled {
                    let recordings = server.folder.uploads.filter { Self.size(of: $0) == bytes }
                    for engine in server.engines where !killed.contains(engine) {
                        guard !ProcessTable.openFiles(of: engine).isDisjoint(with: recordings) else { continue }
                        kill(engine, SIGKILL)
                        killed.append(engine)
                    }
                    try? await Task.sleep(for: .milliseconds(2))
                }
                return killed
            }
            let requests = try await client.crowd(
                Array(repeating: 1, count: 7) + [size] + Array(repeating: 2, count: 8), at: "whisper")
            for (number, (request, text)) in requests.enumerated() {
                let answer = try await request.value
                if number == 7 {
                    try expectError(answer, 500, "engine_crashed")
                    #expect(answer.headers["x-should-retry"] == "false")
                } else {
                    #expect(answer.body == text)
                }
            }
            killer.cancel()
            #expect(try await killer.value.count == 2)
            try await eventually("both are in the log") { server.deaths >= 2 }
            #expect(server.deaths == 2)
        }
    }

    @Test func aStreamRunningAtTwoCrashesEndsWithAnError() async throws {
        try await withHealthyServer { server, client in
            let phrases = try Phrases(40)
            let first = try #require(server.engines.first)
            let events = try await client.stream(phrases.file, ["model": "whisper", "stream": "true"]) { events in
                let begin = try #require(try await events.next())
                kill(first, SIGKILL)
                let second = try await server.busyEngine(of: "whisper", otherThan: [first])
                kill(second, SIGKILL)
                return [begin] + (try await events.rest())
            }
            #expect(events.last == .error(code: "engine_crashed"))
            #expect(events.doneText == nil)
            #expect(phrases.text.hasPrefix(events.deltas))
        }
    }

    /// Even if health was never queried before.
    @Test func healthStaysOkWhileTheEngineRestarts() async throws {
        try await withServer(setup) { server in
            try await eventually("the model is loaded") {
                server.process.standardError.contains("The default model is ready")
            }
            kill(try #require(server.engines.first), SIGKILL)
            #expect(try await APIClient(server).get("/health").body == #"{"status": "ok"}"#)
        }
    }

    @Test func anEngineThatCrashesIdleIsReplacedUnnoticed() async throws {
        try await withHealthyServer { server, client in
            for _ in 0..<3 {
                let engine = try await untilFound("an engine") { server.engines.first }
                kill(engine, SIGKILL)
                let answer = try await client.transcribe("en_word_16k.wav", ["model": "whisper"])
                #expect(answer.body == #"{"text": "stop"}"#)
                #expect(!server.engines.contains(engine))
            }
        }
    }
}

extension ServerProcess {
    /// How many engines have ended, by the log.
    fileprivate var deaths: Int { process.standardError.matches(of: /The engine ended\./).count }
}
