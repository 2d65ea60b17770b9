import Engines
import Foundation
import Synchronization
import TestSupport
import Testing
import TranscriptFormats

@testable import APIServer

/// How live sessions begin before their model is there, and how they end.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct RealtimeLifetimeTests {
    // MARK: The beginning

    @Test func aClientThatClosesItsSessionCanOpenAnotherAtOnce() async throws {
        try await RealtimeServer.run(limits: { $0.sessions = 1 }) { server in
            for _ in 1...100 {
                let client = try await server.open()
                _ = try await client.until("session.created")
                try await client.socket.send(SocketClient.close(1000))
                #expect(try await client.socket.frame().closeCode == 1000)
            }
        }
    }

    @Test func aSessionBeginsAndTakesAudioWhileItsModelIsLoaded() async throws {
        try await RealtimeServer.run { server in
            let client = try await server.open()
            #expect(try await client.next().type == "session.created")
            try await client.update(RealtimeClient.manual)
            try await client.append(RealtimeClient.sound("en_digits_16k.wav"))
            try await client.send("input_audio_buffer.commit")
            try await eventually("the audio is taken") {
                (try await server.sessions().first?["audio_seconds"]?.double ?? 0) > 1
            }
            #expect(await server.engines.reports().map(\.status) == [.loading])
            server.program.load()
            let completed = try await client.until(RealtimeClient.transcription + "completed")
            #expect(completed["transcript"]?.string == "ONE TWO THREE FOUR")
        }
    }

    @Test func theModelMayBeChangedWhileItIsLoaded() async throws {
        try await RealtimeServer.run([.transducer, .whisper]) { server in
            let client = try await server.open()
            try await client.update(RealtimeClient.manual)
            try await client.append(RealtimeClient.sound("en_digits_16k.wav"))
            try await client.update(["transcription": ["model": "whisper", "language": "en"]])
            try await client.append(RealtimeClient.sound("en_word_16k.wav"))
            try await client.send("input_audio_buffer.commit")
            server.program.load()
            var texts: Set<String?> = []
            for _ in 0..<2 {
                texts.insert(try await client.until(RealtimeClient.transcription + "completed")["transcript"]?.string)
            }
            #expect(texts == ["ONE TWO THREE FOUR", "stop"])
        }
    }

    // MARK: The end of its life

    @Test(arguments: [false, true]) func aSessionIsToldOfTheEndOfItsLifeAndClosed(isBusy: Bool) async throws {
        try await RealtimeServer.run(limits: { $0.longest = .milliseconds(500) }) { server in
            server.program.load()
            let client = try await server.open()
            let speaking = Task {
                while isBusy { try await client.append(RealtimeClient.silence) }
            }
            var event = try await client.next()
            #expect(event.type == "session.created")
            while event.type != "error" { event = try await client.next() }
            #expect(event.code == "session_expired")
            #expect(try await client.closed() == 1001)
            speaking.cancel()
            _ = await speaking.result
            try await eventually("it is no session any more") { try await server.sessions().isEmpty }
        }
    }

    /// Its audio waits for the model, so its client is not to blame.
    @Test func aSessionWhoseAudioIsNotTakenIsNotIdle() async throws {
        let audio = JSONValue.string(Data(count: 100 * 8000).base64EncodedString())
        let append = SocketClient.text(#"{"type": "input_audio_buffer.append", "audio": \#(audio.text)}"#)
        try await RealtimeServer.run(limits: { ($0.idleTime, $0.longest) = (.seconds(4), .seconds(8)) }) {
            server in
            let client = try await server.open()
            try await client.update(["format": ["type": "audio/pcmu"], "turn_detection": .null])
            try await client.socket.send(append)
            var event = try await client.next()
            while event.type != "error" { event = try await client.next() }
            #expect(event.code == "session_expired")
            #expect(try await client.closed() == 1001)
        }
    }

    // MARK: The end of the server

    /// A model that does not come must not keep the server from stopping, whatever the session waits for.
    @Test(arguments: [0, 10_000]) func aServerStopsWhileAModelIsLoaded(commits: Int) async throws {
        let closing = Mutex<Task<UInt16?, any Error>?>(nil)
        try await RealtimeServer.run(limits: { $0.farewell = .milliseconds(300) }) { server in
            let client = try await server.open()
            try await client.update(RealtimeClient.manual)
            try await client.append(RealtimeClient.silence)
            let commit = SocketClient.text(#"{"type": "input_audio_buffer.commit"}"#)
            try await client.socket.send(Array(repeatElement(commit, count: commits).joined()))
            closing.withLock { $0 = Task { try await client.closed() } }
            try await eventually("the audio is taken") {
                try await server.sessions().first?["audio_seconds"]?.double == 1
            }
        }
        let code = try await #require(closing.withLock { $0 }).value
        #expect(code == 1001)
    }

    // MARK: What a session may take

    /// Each model in use has a session of its own in an engine.
    @Test func aSessionThatAlwaysChangesItsModelHasFewJobs() async throws {
        try await RealtimeServer.run([.transducer, .whisper]) { server in
            let most = Mutex(0)
            let client = try await server.open()
            try await client.update(RealtimeClient.manual)
            for number in 0..<30 {
                let model: JSONValue = number.isMultiple(of: 2) ? "whisper" : "transducer"
                try await client.append(Data(count: 6400))
                try await client.send(
                    "session.update", ["session": ["audio": ["input": ["transcription": ["model": model]]]]])
            }
            let watching = Task {
                while !Task.isCancelled {
                    let jobs = await server.engines.reports().reduce(0) { $0 + $1.requests }
                    most.withLock { $0 = max($0, jobs) }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            try await eventually("it has all jobs that it may have") { most.withLock { $0 } >= 4 }
            server.program.load()
            for _ in 0..<30 { _ = try await client.until("session.updated") }
            watching.cancel()
            _ = await watching.result
            #expect(most.withLock { $0 } == 4)
        }
    }

    /// The answers to a client that does not read wait in memory, so it must not be able to ask for more.
    @Test func aClientThatDoesNotReadIsNotAnsweredWithoutEnd() async throws {
        try await RealtimeServer.run { server in
            let client = try await server.open()
            try await client.update(RealtimeClient.manual)
            try await client.socket.stopReading()
            let keywords = JSONValue.array(Array(repeating: .string(String(repeating: "k", count: 200)), count: 500))
            let update: JSONValue = [
                "type": "session.update", "session": ["audio": ["input": ["transcription": ["keywords": keywords]]]],
            ]
            let frame = SocketClient.text(update.text)
            let count = 300
            let sending = Task {
                for _ in 0..<count {
                    try await client.socket.send(frame)
                    try await client.append(Data(count: 3200))
                }
            }
            var before = -1.0
            try await eventually("it is answered no more") {
                let now = try await server.sessions().first?["audio_seconds"]?.double ?? 0
                defer { before = now }
                try await Task.sleep(for: .milliseconds(500))
                return now == before && now > 0
            }
            #expect(before < Double(count) / 10 - 1)
            sending.cancel()
            try await client.socket.close(abruptly: true)
            _ = await sending.result
        }
    }

    // MARK: Refusals

    @Test(arguments: [("?model=no-such", 404, "model_not_found"), ("", 426, "upgrade_required")])
    func aRefusalIsAnOrdinaryAnswer(query: String, status: Int, code: String) async throws {
        try await RealtimeServer.run { server in
            let client = try await SocketClient.connect(port: server.port)
            let changes: [String: String?] = status == 426 ? ["Upgrade": nil] : [:]
            try await client.send(SocketClient.upgrade("/v1/realtime\(query)", changing: changes))
            let (head, body) = try await client.answer()
            #expect(head.hasPrefix("HTTP/1.1 \(status) "))
            #expect(head.lowercased().contains("\r\nx-content-type-options: nosniff\r\n"), "\(head)")
            #expect(try JSONDecoder().decode(JSONValue.self, from: Data(body.utf8)).code == code)
            // The connection can still be used.
            try await client.open("/v1/realtime")
        }
    }
}
