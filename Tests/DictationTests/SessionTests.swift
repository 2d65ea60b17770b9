import EngineHost
import Foundation
import Synchronization
import SpeechTypes
import SystemPackage
import TestSupport
import Testing

@testable import Dictation

/// What happens to recordings with servers that succeed and fail.
@Suite struct SessionTests {
    private let folder: TemporaryFolder
    private let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = RecordingStore(path: folder.file("recordings"))
    }

    private func recorded(seconds: Double = 1, level: Float = 0.5, hasSpeech: Bool? = nil) throws -> Recording {
        let recording = try store.begin()
        try recording.append([Float](repeating: level, count: Int(seconds * 16_000)))
        try recording.finish(hasSpeech: hasSpeech)
        return recording
    }

    @discardableResult
    private func withTranscriber<R: Sendable>(
        _ script: [ScriptedServer.Step]..., write: (@Sendable (String) throws -> Void)? = nil, file: String? = nil,
        _ body: (RecordingTranscriber, ScriptedServer, Said) async throws -> R
    ) async throws -> R {
        try await withScriptedServer(script) { server in
            var flags = ConfigurationSettings()
            flags.baseURL = server.url
            var policy = RetryPolicy()
            policy.pause = .milliseconds(1)
            let said = Said()
            let transcriber = RecordingTranscriber(
                service: TranscriptionClient(try ClientConfiguration(flags: flags), policy: policy),
                engine: EngineProcess(EngineExecutable(path: "/nowhere")), template: TranscriptionRequest(model: "m"),
                delivery: TextDelivery(
                    clipboard: Clipboard(.none, environment: [:]), file: file.map(OutputFile.init),
                    write: write ?? { text in said.text.withLock { $0 += text } }),
                report: { event in
                    switch event {
                    case .note(let words), .warning(let words): said.words.withLock { $0.append(words) }
                    default: break
                    }
                })
            return try await body(transcriber, server, said)
        }
    }

    private final class Said: Sendable {
        let text = Mutex("")
        let words = Mutex<[String]>([])
    }

    private func answer(_ text: String) -> [ScriptedServer.Step] {
        .answer(200, #"{"text": "\#(text)"}"#, type: "application/json")
    }

    @Test func aTextIsPrintedAndAppendedAndTheRecordingDeleted() async throws {
        let file = folder.file("notes.txt")
        try await withTranscriber(answer(" one two "), file: file) { transcriber, _, said in
            let outcome = try await transcriber.transcribe(recorded())
            #expect(outcome == .delivered)
            #expect(said.text.withLock { $0 } == "one two\n")
            let line = try String(contentsOfFile: file, encoding: .utf8)
            #expect(try /\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] one two\n/.wholeMatch(in: line) != nil, "\(line)")
        }
        #expect(store.waitingCount == 0)
    }

    @Test(arguments: [
        (400, #"{"error": {"message": "No."}}"#, 1), (429, "slow down", 4), (500, "<html>oh</html>", 1),
        (200, "<html>hi</html>", 1), (200, "", 1), (200, "{\"text\": \"Hel", 1), (200, "{}", 1), (200, "\0\u{1}", 1),
        (200, #"{"text": 5}"#, 1), (200, #"{"error": "no model"}"#, 1),
    ])
    func aRecordingThatFailsIsKeptAndSaysWhere(status: Int, body: String, requests: Int) async throws {
        try await withTranscriber(.answer(status, body)) { transcriber, server, said in
            let recording = try recorded()
            let outcome = try await transcriber.transcribe(recording)
            #expect(outcome == .failed)
            let words = said.words.withLock { $0.last } ?? ""
            #expect(words.contains(recording.path) && words.contains("asr2clip --retry"), "\(words)")
            #expect(server.requests.count == requests)
            #expect(said.text.withLock { $0 } == "")
        }
        #expect(store.waitingCount == 1)
    }

    @Test func aRecordingWhoseTextCannotBeWrittenIsKept() async throws {
        struct Full: Error {}
        try await withTranscriber(answer("one"), write: { _ in throw Full() }) { transcriber, _, _ in
            let outcome = try await transcriber.transcribe(try recorded())
            #expect(outcome == .failed)
        }
        try await withTranscriber(answer("one"), file: folder.file("no/such/folder")) { transcriber, _, said in
            let outcome = try await transcriber.transcribe(try recorded())
            #expect(outcome == .failed)
            #expect(said.text.withLock { $0 } == "one\n")
        }
        #expect(store.waitingCount == 2)
    }

    @Test(arguments: [(0.05, Float(0.5), "Too short"), (1, 0, "only silence")])
    func whatHoldsNoSpeechIsNotSent(seconds: Double, level: Float, words: String) async throws {
        try await withTranscriber(answer("never")) { transcriber, server, said in
            let outcome = try await transcriber.transcribe(recorded(seconds: seconds, level: level))
            #expect(outcome == .silent)
            #expect(server.requests.isEmpty)
            #expect(said.words.withLock { $0.first }?.contains(words) == true)
        }
        #expect(store.waitingCount == 0)
    }

    @Test func silentPiecesOfASessionAreNotToldOneByOne() async throws {
        try await withTranscriber(answer("never")) { transcriber, server, said in
            let outcome = try await transcriber.transcribe(recorded(level: 0), isMeant: false)
            #expect(outcome == .silent)
            #expect(server.requests.isEmpty && said.words.withLock { $0.isEmpty })
        }
    }

    @Test func whereNobodyReadsTheSessionEndsAndTheRecordingIsKept() async throws {
        try await withTranscriber(answer("one"), write: { _ in throw Errno.brokenPipe }) { transcriber, _, said in
            let error = await #expect(throws: DeliveryError.self) {
                try await transcriber.transcribe(try recorded())
            }
            #expect(error?.isClosedPipe == true)
            #expect(said.words.withLock { $0.last }?.contains("The recording is kept") == true)
        }
        #expect(store.waitingCount == 1)
    }

    @Test(arguments: [" ", "[BLANK_AUDIO]", "[ Silence ]", "(music)\\n", "♪ ♪", "<|nospeech|>", "..."])
    func noSpeechIsNoText(text: String) async throws {
        try await withTranscriber(answer(text)) { transcriber, _, said in
            let outcome = try await transcriber.transcribe(recorded())
            #expect(outcome == .silent)
            #expect(said.text.withLock { $0 } == "")
            #expect(said.words.withLock { $0 } == ["No speech was recognised."])
        }
        #expect(store.waitingCount == 0)
    }

    @Test func longSpeechWithoutTextIsKeptAndSaysWhere() async throws {
        try await withTranscriber(answer("")) { transcriber, _, said in
            let recording = try recorded(seconds: 2.1)
            let outcome = try await transcriber.transcribe(recording)
            #expect(outcome == .silent)
            let words = said.words.withLock { $0.last } ?? ""
            #expect(words.contains(recording.path) && words.contains("--retry --discard"), "\(words)")
        }
        #expect(store.waitingCount == 1)
    }

    @Test func whereNoSpeechWasHeardNoWordsAreInvented() async throws {
        try await withTranscriber(answer("You")) { transcriber, server, said in
            let dropped = [
                try await transcriber.transcribe(recorded(hasSpeech: false)),
                try await transcriber.transcribe(recorded(seconds: 20, hasSpeech: false), isMeant: false),
            ]
            #expect(dropped == [.silent, .silent])
            #expect(store.waitingCount == 0)
            let kept = try await transcriber.transcribe(recorded(seconds: 20, hasSpeech: false))
            #expect(kept == .silent)
            #expect(server.requests.isEmpty && said.text.withLock { $0 } == "")
            #expect(said.words.withLock { $0.last }?.contains("No speech was heard.") == true)
        }
        #expect(store.waitingCount == 1)
    }

    @Test(arguments: [
        #"{"object": "transcription.chunk", "choices": [{"delta": {"content": " one"}, "finish_reason": "stop"}]}"#,
        #"{"type": "transcript.text.delta", "delta": "one"}\n\ndata: {"type": "transcript.text.done", "text": ""}"#,
        #"{"text": "one"}"#,
    ])
    func anUnrequestedStreamIsParsed(event: String) async throws {
        let events = event.replacing("\\n", with: "\n")
        try await withTranscriber(.stream(["data: \(events)\n\ndata: [DONE]\n\n"])) { transcriber, _, said in
            let outcome = try await transcriber.transcribe(recorded())
            #expect(outcome == .delivered)
            #expect(said.text.withLock { $0 } == "one\n")
        }
    }

    @Test func controlCharactersReachNoTerminal() async throws {
        try await withTranscriber(answer("one\\u001b]0;x\\u0007\\u009b2J two")) { transcriber, _, said in
            _ = try await transcriber.transcribe(recorded())
            #expect(said.text.withLock { $0 } == "one]0;x2J two\n")
        }
    }

    @Test func allTextsOfASessionCanBeCopied() async throws {
        let copied = folder.file("copied")
        let script = "case $* in *--output*) cat '\(copied)';; *) cat > '\(copied)';; esac"
        let program = try folder.write(Data("#!/bin/sh\n\(script)\n".utf8), to: "xsel")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let clipboard = Clipboard(
            .only(.xsel), environment: ["PATH": "\(folder.path):/bin:/usr/bin", "TMPDIR": folder.path])
        for (mode, copied) in [(TextDelivery.CopyMode.last, "two"), (.session, "one\ntwo")] {
            let delivery = TextDelivery(clipboard: clipboard, mode: mode, file: nil, write: { _ in })
            for text in ["one", "two"] { #expect(try await delivery.keep(text) { _ in } == .delivered) }
            #expect(try String(contentsOfFile: folder.file("copied"), encoding: .utf8) == copied)
        }
    }

    @Test func aFullOutputDiskIsReportedWithTheSystemsMessage() {
        let error = #expect(throws: DeliveryError.self) { try OutputFile(path: "/dev/full").append("one") }
        #expect(error?.description == "Cannot write to '/dev/full': No space left on device. Choose another with -o.")
    }

    @Test func aFailedCopyIsAFailure() async throws {
        let clipboard = Clipboard(.only(.xsel), environment: ["PATH": folder.path])
        let outcome = try await TextDelivery(clipboard: clipboard, file: nil, write: { _ in }).keep("one") { _ in }
        #expect(outcome == .notCopied)
    }

    @Test func abandonedRecordingsAreSentInOrder() async throws {
        for seconds in [1.0, 2, 3] {
            _ = try recorded(seconds: seconds)
            try await Task.sleep(for: .milliseconds(5))
        }
        try await withTranscriber(answer("one"), .answer(400, "no"), answer("three")) { transcriber, _, said in
            let outcome = try await transcriber.retry(store)
            #expect(outcome == SessionOutcome(hasFailed: true, hasText: true))
            #expect(said.text.withLock { $0 } == "one\nthree\n")
            #expect(store.waitingCount == 1)
        }
        try await withTranscriber(answer("two")) { transcriber, _, said in
            let outcome = try await transcriber.retry(store)
            #expect(outcome == .delivered)
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
