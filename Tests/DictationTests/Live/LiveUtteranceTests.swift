import EngineLink
import Foundation
import SpeechTypes
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Dictation

/// Dictations of several recordings: which session hears which, and in which order their texts come.
@Suite struct LiveUtteranceTests {
    private let folder: TemporaryFolder
    private let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = RecordingStore(path: folder.file("recordings"))
    }

    private static let vad = ListeningMode.utterances(silence: .milliseconds(500), longest: .seconds(60))

    /// Utterances of half a second with pauses after them. Each ends when the gate has been opened once more.
    private func ear(_ count: Int, after gate: Gate) -> ScriptedEar {
        ScriptedEar { socket, _ in
            try socket.begin()
            for number in 1...count {
                try socket.windows(16, speech: true)
                gate.wait(for: number)
                try socket.windows(20, speech: false)
            }
            socket.untilEnough()
        }
    }

    private func run(
        _ count: Int, after gate: Gate, with server: RealtimeServer, printsWords: Bool = false,
        seen: LiveDictation.Seen = .init()
    ) async throws -> LiveDictation.Seen {
        try await LiveDictation(mode: Self.vad, printsWords: printsWords).run(
            with: server, in: store, ear(count, after: gate), seen: seen
        ) { $0.output.count { $0 == "\n" } >= count }.seen
    }

    @Test func oneSessionHearsEveryUtteranceOnceAndInOrder() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.open()
                // Sixteen windows of speech, with the sound around them.
                for number in 1... {
                    try await peer.hear(3200)
                    gate.open()
                    let isThere = try await peer.complete("text \(number)") { audio in
                        #expect(audio.count >= 2 * 512 * 20 && audio.count <= 2 * 512 * 48)
                    }
                    guard isThere else { return }
                }
            }
        ]) { server in
            let seen = try await run(4, after: gate, with: server)
            #expect(seen.output == "text 1\ntext 2\ntext 3\ntext 4\n")
            #expect(server.requests.count == 1 && server.files == 0 && store.waitingCount == 0)
        }
    }

    /// The second utterance is said before the text of the first has come.
    @Test(arguments: [false, true])
    func aLateTextComesBeforeTheNextOne(printsWords: Bool) async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                func completed(_ item: String, _ text: String) -> String {
                    """
                    {"type": "conversation.item.input_audio_transcription.completed", "item_id": "\(item)", \
                    "transcript": "\(text)"}
                    """
                }
                try await peer.open()
                for item in ["a", "b"] {
                    _ = try await peer.next("input_audio_buffer.append")
                    gate.open()
                    _ = try await peer.next("input_audio_buffer.commit")
                    try await peer.say(#"{"type": "input_audio_buffer.committed", "item_id": "\#(item)"}"#)
                }
                try await peer.say(
                    #"{"type": "conversation.item.input_audio_transcription.delta", "item_id": "b", "delta": "two"}"#)
                try await peer.say(completed("b", "two"))
                try await peer.say(completed("a", "one"))
                _ = try await peer.next("never")
            }
        ]) { server in
            let seen = try await run(2, after: gate, with: server, printsWords: printsWords)
            #expect(seen.output == "one\ntwo\n" && server.files == 0)
        }
    }

    @Test(arguments: [400, 404, 405, 426, 501, 401, 403, 301, 200])
    func aServerWithoutLiveSessionsIsAskedOnce(status: Int) async throws {
        let gate = Gate()
        for _ in 1...3 { gate.open() }
        try await withRealtimeServer([{ try await $0.answer(status) }]) { server in
            let seen = try await run(3, after: gate, with: server)
            #expect(seen.output == "as a file\nas a file\nas a file\n" && seen.messages.isEmpty)
            #expect(server.requests.count == 1 && server.files == 3)
        }
    }

    @Test func whoAsksForLiveSpeechIsToldOnceThatThereIsNone() async throws {
        let gate = Gate()
        for _ in 1...3 { gate.open() }
        try await withRealtimeServer([{ try await $0.answer(404) }]) { server in
            let seen = try await run(3, after: gate, with: server, printsWords: true)
            #expect(seen.output == "as a file\nas a file\nas a file\n")
            #expect(seen.messages.count == 1)
            #expect(seen.messages.first?.contains("has no live speech. It answers 404") == true, "\(seen.messages)")
        }
    }

    /// Utterances like those of `ear`, each of which begins after the text of the one before. From the fourth on, they
    /// wait for nothing else.
    private func patientEar(_ count: Int, after gate: Gate, _ seen: LiveDictation.Seen) -> ScriptedEar {
        ScriptedEar { socket, _ in
            try socket.begin()
            for number in 1...count {
                for _ in 0..<60_000 where seen.output.count(where: { $0 == "\n" }) < number - 1 { usleep(1000) }
                try socket.windows(16, speech: true)
                if number <= 3 { gate.wait(for: number) }
                try socket.windows(20, speech: false)
            }
            socket.untilEnough()
        }
    }

    @Test func aServerThatKeepsFailingIsLeftAloneForAWhile() async throws {
        let gate = Gate()
        let seen = LiveDictation.Seen()
        let session: RealtimeServer.Session = { peer in
            try await peer.openAndHear()
            gate.open()
        }
        try await withRealtimeServer([session]) { server in
            _ = try await LiveDictation(mode: Self.vad).run(
                with: server, in: store, patientEar(6, after: gate, seen), seen: seen
            ) { $0.output.count { $0 == "\n" } >= 6 }
            #expect(seen.output == String(repeating: "as a file\n", count: 6))
            #expect(server.requests.count == 3 && server.files == 6)
        }
    }

    @Test func afterAFailureTheNextUtteranceHasAnotherSession() async throws {
        let gate = Gate()
        let seen = LiveDictation.Seen()
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                gate.open()
                try await peer.complete("one")
                try await peer.hear(3200)
                gate.open()
            },
            { peer in
                try await peer.openAndHear()
                gate.open()
                try await peer.complete("three")
            },
        ]) { server in
            _ = try await LiveDictation(mode: Self.vad).run(
                with: server, in: store, patientEar(3, after: gate, seen), seen: seen
            ) { $0.output.count { $0 == "\n" } >= 3 }
            #expect(seen.output == "one\nas a file\nthree\n")
            #expect(server.requests.count == 2 && server.files == 1)
        }
    }

    /// As a server does after an hour, or if nobody speaks for long.
    @Test func aSessionThatHasEndedIsReplacedWithoutAWord() async throws {
        let gate = Gate()
        let closed = Gate()
        let session: RealtimeServer.Session = { peer in
            try await peer.openAndHear()
            gate.open()
            try await peer.complete("live")
            try await peer.close(1001)
            _ = try await peer.next()
            closed.open()
        }
        try await withRealtimeServer([session]) { server in
            let ear = ScriptedEar { socket, _ in
                try socket.begin()
                for number in 1...5 {
                    closed.wait(for: number - 1)
                    try socket.windows(16, speech: true)
                    gate.wait(for: number)
                    try socket.windows(20, speech: false)
                }
                socket.untilEnough()
            }
            let seen = try await LiveDictation(mode: Self.vad, printsWords: true).run(with: server, in: store, ear) {
                $0.output.count { $0 == "\n" } >= 5
            }.seen
            #expect(seen.output == String(repeating: "live\n", count: 5) && seen.messages.isEmpty)
            #expect(server.requests.count == 5 && server.files == 0)
        }
    }

    /// Where a recording is cut is known only later: nothing after the cut may have been sent with it.
    @Test(arguments: [
        ListeningMode.intervals(.seconds(2)), .utterances(silence: .seconds(1), longest: .seconds(2)),
    ])
    func theSessionHearsExactlyTheCutRecordings(mode: ListeningMode) async throws {
        let gate = Gate()
        let heard = Mutex<[Data]>([])
        let count = 12 * 32
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                gate.open()
                while try await peer.complete("live", note: { audio in heard.withLock { $0.append(audio) } }) {}
            }
        ]) { server in
            let ear = ScriptedEar { socket, _ in
                try socket.begin()
                for number in 0..<count {
                    if number == 10 { gate.wait() }
                    try socket.window([Float](repeating: Float(number + 1) / 1000, count: 512))
                }
                socket.untilEnough()
            }
            let seen = try await LiveDictation(mode: mode).run(with: server, in: store, ear) {
                $0.heard >= Duration(samples: count * 512)
            }.seen
            let parts = heard.withLock { $0 }
            #expect(parts.count >= 6)
            #expect(seen.output == String(repeating: "live\n", count: parts.count), "\(parts.map(\.count))")
            let whole = (0..<count).flatMap { [Float](repeating: Float($0 + 1) / 1000, count: 512) }
            #expect(parts.reduce(Data(), +) == WaveHeader.bytes(of: whole))
            #expect(server.files == 0 && server.requests.count == 1)
        }
    }

    @Test func soundWithoutSpeechIsDroppedFromTheSession() async throws {
        let gate = Gate()
        let dropped = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                gate.open()
                _ = try await peer.next("input_audio_buffer.clear")
                try await peer.say(#"{"type": "input_audio_buffer.cleared"}"#)
                dropped.open()
                try await peer.complete("speech")
            }
        ]) { server in
            let ear = ScriptedEar { socket, _ in
                try socket.begin()
                // A recording of two seconds in which a detector hears nothing, and one with speech.
                try socket.windows(10, speech: false, level: 0.1)
                gate.wait()
                try socket.windows(56, speech: false, level: 0.1)
                dropped.wait()
                try socket.windows(32, speech: true)
                socket.untilEnough()
            }
            let seen = try await LiveDictation(mode: .intervals(.seconds(2))).run(with: server, in: store, ear) {
                $0.heard >= Duration(samples: 98 * 512)
            }.seen
            #expect(seen.output == "speech\n" && server.files == 0 && store.waitingCount == 0)
        }
    }

    @Test func aClosedOutputEndsTheDictationInMidUtteranceAndKeepsTheRecording() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.open()
                gate.open()
                try await peer.hear(3200)
                try await peer.words("one two")
                _ = try await peer.next("never")
            }
        ]) { server in
            let ear = ScriptedEar { socket, _ in
                try socket.begin()
                gate.wait()
                try socket.sound(0.5, samples: 20_000)
                socket.untilEnough()
            }
            let dictation = LiveDictation(printsWords: true, write: { _ in throw Errno.brokenPipe })
            let error = await #expect(throws: DeliveryError.self) {
                try await dictation.run(with: server, in: store, ear) { _ in false }
            }
            #expect(error?.isClosedPipe == true && store.waitingCount == 1)
        }
    }
}

extension LinkSocket {
    /// Sends windows of sound with the detector's result.
    fileprivate func windows(_ count: Int, speech: Bool, level: Float? = nil) throws {
        for _ in 0..<count {
            try window([Float](repeating: level ?? (speech ? 0.5 : 0), count: SpeechWindow.samples), speech: speech)
        }
    }

    fileprivate func window(_ sound: [Float], speech: Bool = true) throws {
        try send(HeardSound(samples: sound, speech: [speech]).frame)
    }
}
