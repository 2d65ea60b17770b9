import EngineLink
import Foundation
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import Dictation

/// Dictations whose recordings a live session hears while they are made.
@Suite struct LiveDictationTests {
    let folder: TemporaryFolder
    let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = RecordingStore(path: folder.file("recordings"))
    }

    /// Sound whose rest comes when the gate opens, because a session has heard its beginning.
    func ear(samples: Int = 20_000, after gate: Gate) -> ScriptedEar {
        ScriptedEar { socket, _ in
            try socket.begin()
            try socket.sound(0.5, samples: 3200)
            gate.wait()
            try socket.sound(0.5, samples: samples - 3200)
            socket.untilEnough()
        }
    }

    @Test func theTextIsThatOfTheSessionWhichHearsTheSamplesOfTheFile() async throws {
        let gate = Gate()
        let heard = Mutex<(configuration: String, audio: Data?)>(("", nil))
        let session: RealtimeServer.Session = { peer in
            let configuration = try await peer.openAndHear()
            gate.open()
            try await peer.complete(" from the session ") { audio in heard.withLock { $0 = (configuration, audio) } }
        }
        try await withRealtimeServer([session]) { server in
            var dictation = LiveDictation()
            dictation.settings.language = "en"
            let (outcome, seen) = try await dictation.run(with: server, in: store, ear(after: gate)) {
                $0.heard >= .seconds(1.25)
            }
            #expect(outcome == .delivered && seen.output == "from the session\n" && seen.messages.isEmpty)
            #expect(server.files == 0 && store.waitingCount == 0)
            let (configuration, audio) = heard.withLock { $0 }
            #expect(audio == WaveHeader.bytes(of: [Float](repeating: 0.5, count: 20_000)))
            for part in [#""rate": 16000"#, #""delay": "low""#, #""language": "en""#, #""turn_detection": null"#] {
                #expect(configuration.contains(part), "\(configuration)")
            }
            #expect(server.requests.first?.hasPrefix("GET /v1/realtime?intent=transcription HTTP/1.1\r\n") == true)
        }
    }

    @Test func otherServersGetTheirFirstModelAndTheUsualRate() async throws {
        let gate = Gate()
        let heard = Mutex<(configuration: String, bytes: Int)>(("", 0))
        let session: RealtimeServer.Session = { peer in
            let configuration = try await peer.openAndHear()
            gate.open()
            try await peer.complete("theirs") { audio in heard.withLock { $0 = (configuration, audio.count) } }
        }
        try await withRealtimeServer(isOurs: false, [session]) { server in
            let seen = try await LiveDictation().run(with: server, in: store, ear(after: gate)) {
                $0.heard >= .seconds(1.25)
            }.seen
            #expect(seen.output == "theirs\n")
            let (configuration, bytes) = heard.withLock { $0 }
            #expect(bytes == 2 * 30_000)
            #expect(configuration.contains(#""rate": 24000"#) && configuration.contains(#""model": "theirs""#))
            #expect(!configuration.contains("delay"), "\(configuration)")
            #expect(server.requests.first?.hasPrefix("GET /v1/realtime?intent=transcription&model=theirs ") == true)
        }
    }

    @Test func keysAreSentAsWithFiles() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                gate.open()
                try await peer.complete("one")
            }
        ]) { server in
            var dictation = LiveDictation()
            dictation.settings.apiKey = Secret("sk-of-mine")
            dictation.settings.organization = "org-of-mine"
            dictation.settings.model = "a model/b"
            _ = try await dictation.run(with: server, in: store, ear(after: gate)) { $0.heard >= .seconds(1.25) }
            let head = try #require(server.requests.first)
            #expect(head.hasPrefix("GET /v1/realtime?intent=transcription&model=a%20model/b "), "\(head)")
            for line in [
                "Authorization: Bearer sk-of-mine", "OpenAI-Organization: org-of-mine", "User-Agent: asr2clip",
                "Host: 127.0.0.1:\(server.port)",
            ] { #expect(head.contains("\r\n\(line)"), "\(head)") }
        }
    }

    @Test func wordsAreShownWhileTheyAreSaidAndNeverPrinted() async throws {
        let gate = Gate()
        try await withRealtimeServer([
            { peer in
                try await peer.openAndHear()
                gate.open()
                try await peer.words("one")
                try await peer.words(" two")
                try await peer.complete("one two three")
            }
        ]) { server in
            let seen = try await LiveDictation().run(with: server, in: store, ear(after: gate)) { seen in
                #expect(seen.output == "")
                return seen.live.contains("one two")
            }.seen
            #expect(seen.live == ["one", "one two", ""])
            #expect(seen.output == "one two three\n")
        }
    }

    @Test(arguments: [
        ("one two three", "one two three\n"), ("one", "one two\none\n"), ("", "one two\n"),
        ("One two three", "one two\nOne two three\n"),
    ])
    func finalWordsArePrintedAtOnceAndTheLastLineIsTheText(text: String, output: String) async throws {
        let gate = Gate()
        let configuration = Mutex("")
        try await withRealtimeServer([
            { peer in
                let update = try await peer.openAndHear()
                configuration.withLock { $0 = update }
                gate.open()
                for words in ["one", " two "] { try await peer.words(words) }
                try await peer.complete(text)
            }
        ]) { server in
            let seen = try await LiveDictation(printsWords: true).run(with: server, in: store, ear(after: gate)) {
                $0.output == "one two"
            }.seen
            #expect(seen.output == output)
            #expect(configuration.withLock { $0 }.contains(#""delay": "high""#))
            #expect(server.files == 0)
        }
    }
}
