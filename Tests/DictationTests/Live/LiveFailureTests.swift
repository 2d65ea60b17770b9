import EngineLink
import Foundation
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import Dictation

/// What a dictation does if its live session fails: its recordings are sent as files.
extension LiveDictationTests {
    private static let misbehaviour: [(name: String, session: RealtimeServer.Session)] = [
        ("garbage instead of HTTP", { peer in try await peer.send("\u{1}\u{2}\u{3}garbage\r\n\r\n") }),
        ("a hang-up instead of a response", { _ in }),
        (
            "a WebSocket with a wrong key",
            { peer in
                try await peer.send(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: bm8=\r\n\r\n")
            }
        ),
        (
            "an error event",
            { peer in
                try await peer.open()
                try await peer.hear(3200)
                try await peer.say(#"{"type": "error", "error": {"code": "invalid_value", "message": "no"}}"#)
                _ = try await peer.next("never")
            }
        ),
        (
            "an error event instead of a configuration",
            { peer in
                try await peer.accept()
                try await peer.say(#"{"type": "error", "error": {"message": "no"}}"#)
                _ = try await peer.next("never")
            }
        ),
        (
            "a close in mid-turn",
            { peer in
                try await peer.open()
                try await peer.hear(3200)
                try await peer.close(1011)
            }
        ),
        (
            "an ordinary close in mid-turn",
            { peer in
                try await peer.open()
                try await peer.hear(3200)
                try await peer.close(1001)
            }
        ),
        (
            "a hang-up in mid-turn",
            { peer in
                try await peer.open()
                try await peer.hear(3200)
            }
        ),
        (
            "a hang-up after the commit",
            { peer in
                try await peer.open()
                _ = try await peer.next("input_audio_buffer.commit")
            }
        ),
        (
            "a failed turn",
            { peer in
                try await peer.open()
                guard try await peer.commit() else { return }
                try await peer.say(
                    """
                    {"type": "conversation.item.input_audio_transcription.failed", "item_id": "\(peer.item)", \
                    "error": {"message": "no"}}
                    """)
                _ = try await peer.next("never")
            }
        ),
        (
            "a message that is no JSON",
            { peer in
                try await peer.open()
                try await peer.say("<html>")
                _ = try await peer.next("never")
            }
        ),
        (
            "a message that is not UTF-8",
            { peer in
                try await peer.open()
                try await peer.frame([0xFF, 0xFE])
                _ = try await peer.next("never")
            }
        ),
        (
            "a binary message",
            { peer in
                try await peer.open()
                try await peer.frame([1, 2, 3], opcode: 2)
                _ = try await peer.next("never")
            }
        ),
        (
            "a masked frame",
            { peer in
                try await peer.open()
                try await peer.frame(Array("{}".utf8), masked: true)
                _ = try await peer.next("never")
            }
        ),
        (
            "a reserved bit",
            { peer in
                try await peer.open()
                try await peer.frame(Array("{}".utf8), first: 0xC0)
                _ = try await peer.next("never")
            }
        ),
        (
            "a message that is too large",
            { peer in
                try await peer.open()
                try await peer.say(#"{"type": "x", "text": "\#(String(repeating: "a", count: 1 << 20))"}"#)
                _ = try await peer.next("never")
            }
        ),
        (
            "a message in too many pieces",
            { peer in
                try await peer.open()
                try await peer.frame([0x7B], first: 0)
                while true { try await peer.frame([0x20], opcode: 0, first: 0) }
            }
        ),
        (
            "events without end",
            { peer in
                try await peer.open()
                while true { try await peer.say(#"{"type": "rate_limits.updated"}"#) }
            }
        ),
        (
            "words without end",
            { peer in
                try await peer.open()
                try await peer.hear(3200)
                while true { try await peer.words("and so on ") }
            }
        ),
        (
            "pings without end",
            { peer in
                try await peer.open()
                while true { try await peer.frame([1], opcode: 9) }
            }
        ),
        (
            "turns that it ends itself",
            { peer in
                try await peer.open()
                try await peer.hear(3200)
                try await peer.say(#"{"type": "input_audio_buffer.committed", "item_id": "i"}"#)
                _ = try await peer.next("never")
            }
        ),
        (
            "a configuration with turn detection",
            { peer in
                try await peer.accept()
                _ = try await peer.next("session.update")
                try await peer.say(
                    #"{"type": "session.updated", "session": {"audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}"#
                )
                _ = try await peer.next("never")
            }
        ),
    ]

    @Test(arguments: misbehaviour.indices, [false, true])
    func afterAnyFailureTheRecordingIsSentAsAFile(index: Int, printsWords: Bool) async throws {
        let (name, misbehave) = Self.misbehaviour[index]
        let gate = Gate()
        let before = try #require(ProcessTable.peakMemory(of: getpid()))
        try await withRealtimeServer([
            { peer in
                // Sound comes as soon as the client has asked; some misbehave at once and some later.
                gate.open()
                try await misbehave(&peer)
            }
        ]) { server in
            let (outcome, seen) = try await LiveDictation(printsWords: printsWords).run(
                with: server, in: store, ear(after: gate)
            ) { seen in
                // Those that misbehave before the end have done so by then.
                seen.heard >= .seconds(1.25)
                    && (!printsWords || name.contains("commit") || name.contains("failed turn")
                        || seen.messages.contains { $0.contains("ive speech") } || name.contains("ordinary"))
            }
            #expect(outcome == .delivered, "\(name)")
            #expect(seen.output.hasSuffix("as a file\n"), "\(name): \(seen.output.suffix(100))")
            #expect(printsWords || seen.output == "as a file\n", "\(name)")
            #expect(printsWords || seen.messages.isEmpty, "\(name): \(seen.messages)")
            #expect(server.files == 1 && store.waitingCount == 0, "\(name)")
            // If the first session ended before the recording began, the recording had one too.
            #expect((1...2).contains(server.requests.count), "\(name)")
        }
        // Of both ends, and of a heap that does not shrink.
        let after = try #require(ProcessTable.peakMemory(of: getpid()))
        #expect(after - before < 128 << 20, "\(name)")
    }

    @Test func aServerThatDoesNotAnswerDelaysNothing() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                gate.open()
                _ = try await peer.next("never")
            }
        ]) { server in
            let seen = try await LiveDictation().run(with: server, in: store, ear(after: gate)) {
                $0.heard >= .seconds(1.25)
            }.seen
            #expect(seen.output == "as a file\n" && server.files == 1)
        }
    }

    @Test func aTextThatDoesNotComeIsAskedForWithTheFile() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                gate.open()
                if try await peer.commit() { _ = try await peer.next("never") }
            }
        ]) { server in
            var dictation = LiveDictation(printsWords: true)
            // Twice the length of the recording is added.
            dictation.patience = .seconds(2)
            let seen = try await dictation.run(with: server, in: store, ear(samples: 4800, after: gate)) {
                $0.heard >= .seconds(0.3)
            }.seen
            #expect(seen.output == "as a file\n" && server.files == 1)
            #expect(seen.messages.first?.contains("It gives no text.") == true, "\(seen.messages)")
        }
    }

    @Test func aConnectionInWhichNoPingIsAnsweredIsDead() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                gate.open()
                // Reads everything and answers nothing.
                _ = try await peer.next("never")
            }
        ]) { server in
            var dictation = LiveDictation(printsWords: true)
            dictation.heartbeat = .milliseconds(200)
            let seen = try await dictation.run(with: server, in: store, ear(samples: 4800, after: gate)) {
                $0.messages.contains { $0.contains("does not answer any more") }
            }.seen
            #expect(seen.output == "as a file\n" && server.files == 1)
        }
    }

    @Test func aSilentServerThatAnswersPingsIsAlive() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                for _ in 1...2 { guard try await peer.answerPing() else { return } }
                gate.open()
                try await peer.complete("live")
            }
        ]) { server in
            var dictation = LiveDictation(printsWords: true)
            dictation.heartbeat = .seconds(1)
            let seen = try await dictation.run(with: server, in: store, ear(samples: 4800, after: gate)) {
                $0.heard >= .seconds(0.3)
            }.seen
            #expect(seen.output == "live\n" && server.files == 0, "\(seen.output) \(seen.messages)")
        }
    }

    @Test func soundThatIsNotTakenIsNotKeptInMemory() throws {
        let session = LiveSession(policy: RetryPolicy(), printsWords: false) { _ in }
        let item = try #require(session.begin(earliestCut: nil))
        let second = [Float](repeating: 0.5, count: 16_000)
        for _ in 1...60 { item.append(second) }
        #expect(session.ending == nil)
        item.append(second)
        #expect(session.ending == .failed("It takes the sound too slowly."))
        #expect(session.begin(earliestCut: nil) == nil)
    }

    /// The server would end it in mid-recording.
    @Test func anOldSessionHearsNoFurtherRecording() throws {
        let session = LiveSession(policy: RetryPolicy(), printsWords: false) { _ in }
        #expect(session.begin(earliestCut: nil, at: .now + .seconds(50 * 60)) != nil)
        #expect(session.begin(earliestCut: nil, at: .now + .seconds(56 * 60)) == nil)
        #expect(session.ending == nil && session.begin(earliestCut: nil) == nil)
    }

    @Test func noProxyIsUsed() async throws {
        var flags = ConfigurationSettings()
        flags.baseURL = "http://elsewhere.invalid/v1"
        let configuration = try ClientConfiguration(flags: flags)
        for proxy in ["http://proxy.invalid:3128", "no proxy"] {
            let server = LiveServer(configuration, environment: ["http_proxy": proxy])
            let ending = await #expect(throws: LiveEnding.self) { try await server.offer() }
            #expect("\(ending as Any)".contains("unsupported") && "\(ending as Any)".contains("proxy"))
        }
    }
}
