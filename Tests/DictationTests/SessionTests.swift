import Foundation
import Synchronization
import SpeechTypes
import TestSupport
import Testing

@testable import Dictation

/// What becomes of recordings, with servers that do what servers do.
@Suite struct SessionTests {
    private let folder: TemporaryFolder
    private let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = RecordingStore(path: folder.file("recordings"))
    }

    private func recorded(seconds: Double = 1, level: Float = 0.5) throws -> Recording {
        let recording = try store.begin()
        try recording.append([Float](repeating: level, count: Int(seconds * 16_000)))
        try recording.finish()
        return recording
    }

    @discardableResult
    private func withScribe<R: Sendable>(
        _ script: [ScriptedServer.Step]..., write: (@Sendable (String) throws -> Void)? = nil, file: String? = nil,
        _ body: (Scribe, ScriptedServer, Said) async throws -> R
    ) async throws -> R {
        try await withScriptedServer(script) { server in
            var flags = ConfigurationSettings()
            flags.baseURL = server.url
            var settings = RetrySettings()
            settings.pause = .milliseconds(1)
            let said = Said()
            let scribe = Scribe(
                service: TranscriptionClient(try ClientConfiguration(flags: flags), settings: settings),
                template: TranscriptionRequest(file: "", model: "m"),
                delivery: TextDelivery(
                    clipboard: Clipboard(.none, environment: [:]), file: file.map(OutputFile.init),
                    write: write ?? { text in said.text.withLock { $0 += text } }),
                report: { event in
                    switch event {
                    case .note(let words), .warning(let words): said.words.withLock { $0.append(words) }
                    default: break
                    }
                })
            return try await body(scribe, server, said)
        }
    }

    private final class Said: Sendable {
        let text = Mutex("")
        let words = Mutex<[String]>([])
    }

    private func answer(_ text: String) -> [ScriptedServer.Step] {
        .answer(200, #"{"text": "\#(text)"}"#, type: "application/json")
    }

    @Test func aTextIsPrintedAndAppendedAndTheRecordingGoes() async throws {
        let file = folder.file("notes.txt")
        try await withScribe(answer(" one two "), file: file) { scribe, _, said in
            try await scribe.write(recorded())
            #expect(said.text.withLock { $0 } == "one two\n")
            let line = try String(contentsOfFile: file, encoding: .utf8)
            #expect(try /\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] one two\n/.wholeMatch(in: line) != nil, "\(line)")
        }
        #expect(store.waitingCount == 0)
    }

    @Test(arguments: [
        (400, #"{"error": {"message": "No."}}"#, 1), (429, "slow down", 4), (500, "<html>oh</html>", 1),
        (200, "<html>hi</html>", 1),
    ])
    func aRecordingThatFailsIsKeptAndSaysWhere(status: Int, body: String, requests: Int) async throws {
        try await withScribe(.answer(status, body)) { scribe, server, said in
            let recording = try recorded()
            let error = await #expect(throws: KeptRecording.self) { try await scribe.write(recording) }
            #expect(error?.description.contains(recording.path) == true)
            #expect(error?.description.contains("asr2clip --retry") == true)
            #expect(server.requests.count == requests)
            #expect(said.text.withLock { $0 } == "")
        }
        #expect(store.waitingCount == 1)
    }

    @Test func aRecordingWhoseTextCannotBeWrittenIsKept() async throws {
        struct Full: Error {}
        try await withScribe(answer("one"), write: { _ in throw Full() }) { scribe, _, _ in
            await #expect(throws: KeptRecording.self) { try await scribe.write(try recorded()) }
        }
        try await withScribe(answer("one"), file: folder.file("no/such/folder")) { scribe, _, said in
            await #expect(throws: KeptRecording.self) { try await scribe.write(try recorded()) }
            #expect(said.text.withLock { $0 } == "one\n")
        }
        #expect(store.waitingCount == 2)
    }

    @Test(arguments: [(0.05, Float(0.5), "Too short"), (1, 0, "only silence")])
    func whatHoldsNoSpeechIsNotSent(seconds: Double, level: Float, words: String) async throws {
        try await withScribe(answer("never")) { scribe, server, said in
            try await scribe.write(recorded(seconds: seconds, level: level))
            #expect(server.requests.isEmpty)
            #expect(said.words.withLock { $0.first }?.contains(words) == true)
        }
        #expect(store.waitingCount == 0)
    }

    @Test func noSpeechIsNoText() async throws {
        try await withScribe(answer(" ")) { scribe, _, said in
            try await scribe.write(recorded())
            #expect(said.text.withLock { $0 } == "")
            #expect(said.words.withLock { $0 } == ["No speech was recognised."])
        }
    }

    @Test func whatWaitsIsSentAgainInOrder() async throws {
        for seconds in [1.0, 2, 3] {
            _ = try recorded(seconds: seconds)
            try await Task.sleep(for: .milliseconds(5))
        }
        try await withScribe(answer("one"), .answer(400, "no"), answer("three")) { scribe, _, said in
            let session = RetrySession(store: store, scribe: scribe, report: { _ in })
            let isComplete = try await session.run()
            #expect(!isComplete)
            #expect(said.text.withLock { $0 } == "one\nthree\n")
            #expect(store.waitingCount == 1)
        }
        try await withScribe(answer("two")) { scribe, _, said in
            let isComplete = try await RetrySession(store: store, scribe: scribe, report: { _ in }).run()
            #expect(isComplete)
            #expect(said.text.withLock { $0 } == "two\n")
        }
        #expect(store.waitingCount == 0)
    }

    @Test func theFirstInterruptionEndsListeningAndTheSecondCancels() async throws {
        let control = DictationControl()
        #expect(control.isListening)
        control.interrupt()
        #expect(!control.isListening)
        let work = Task {
            try await control.cancellable { try await Task.sleep(for: .seconds(600)) }
        }
        control.interrupt()
        #expect(try await work.value == nil)
        let stopped = DictationControl()
        stopped.stop()
        stopped.interrupt()
        #expect(try await stopped.cancellable { try await Task.sleep(for: .seconds(600)) } == nil)
        #expect(try await DictationControl().cancellable { 7 } == 7)
    }
}
