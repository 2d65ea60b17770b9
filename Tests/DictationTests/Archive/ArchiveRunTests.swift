import EngineHost
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Dictation

/// Runs through an archive with servers that fail in every way.
@Suite struct ArchiveRunTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private final class Said: Sendable {
        let words = Mutex<[String]>([])
        var notes: String { words.withLock { $0 }.joined(separator: "\n") }
    }

    private struct Outcome {
        var report: ArchiveReport
        var requests: Int
        var said: String
    }

    /// Makes recordings in the folder, whose content is as good as any for a scripted server.
    private func makeRecordings(_ count: Int) throws {
        for number in 0..<count { try folder.write("sound \(number)", to: "\(number).wav") }
    }

    private func run(
        _ script: [[ScriptedServer.Step]], limit: Duration = .seconds(600), jobs: Int = 1, output: String? = nil,
        _ rules: ReplacementRules = ReplacementRules(), control: DictationControl = DictationControl(),
        noted: @escaping @Sendable (DictationEvent) -> Void = { _ in }
    ) async throws -> Outcome {
        try await withScriptedServer(script) { server in
            let (report, said) = try await run(
                server.url, limit: limit, jobs: jobs, output: output, rules, control: control, noted: noted)
            return Outcome(report: report, requests: server.requests.count, said: said)
        }
    }

    private func run(
        _ url: String, limit: Duration = .seconds(600), jobs: Int = 1, output: String? = nil,
        _ rules: ReplacementRules = ReplacementRules(), control: DictationControl = DictationControl(),
        noted: @escaping @Sendable (DictationEvent) -> Void = { _ in }
    ) async throws -> (ArchiveReport, String) {
        var flags = ConfigurationSettings()
        flags.baseURL = url
        let said = Said()
        let transcriber = RecordingTranscriber(
            service: TranscriptionClient(try ClientConfiguration(flags: flags), policy: RetryPolicy()),
            engine: EngineProcess(EngineExecutable(path: "/nowhere")), template: TranscriptionRequest(model: "m"),
            delivery: TextDelivery(clipboard: Clipboard(.none, environment: [:]), file: nil, write: { _ in }),
            report: { event in
                if case .note(let words) = event { said.words.withLock { $0.append(words) } }
                noted(event)
            })
        var archive = Archive(
            inputs: [folder.path], output: output, jobs: jobs, rules: rules, fileExtension: "txt")
        archive.patience = ServerPatience(limit: limit)
        return (try await transcriber.transcribe(archive, control: control), said.notes)
    }

    private func answer(_ text: String) -> [ScriptedServer.Step] {
        .answer(200, #"{"text": "\#(text)"}"#, type: "application/json")
    }

    private var results: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }.sorted()
        }
    }

    @Test func eachRecordingGetsItsResult() async throws {
        try makeRecordings(3)
        let outcome = try await run([answer("one"), answer(" two "), answer("[BLANK_AUDIO]")])
        #expect(outcome.report.counts.done == 3 && outcome.report.counts.blank == 1)
        #expect(outcome.report.counts.inHand == 0 && outcome.report.end == nil && !outcome.report.isInterrupted)
        let texts = try results.map { try String(contentsOfFile: folder.file($0), encoding: .utf8) }
        #expect(texts == ["one\n", "two\n", ""])
        let again = try await run([answer("other")])
        #expect(again.report.counts.skipped == 3 && again.requests == 0)
    }

    @Test(arguments: [
        (401, #"{"error": {"message": "No key."}}"#), (403, "Not you."), (402, "Pay."),
        (404, #"{"error": {"message": "The model 'm' does not exist.", "param": "model"}}"#), (307, ""),
        (400, #"{"error": {"message": "No such language.", "param": "language"}}"#),
    ])
    func aRefusalOfEveryRequestEndsTheRun(status: Int, body: String) async throws {
        try makeRecordings(5)
        let outcome = try await run([.answer(status, body)])
        #expect(outcome.requests == 1)
        #expect(outcome.report.end?.contains("answers \(status)") == true)
        #expect(outcome.report.counts.done == 0 && outcome.report.counts.failed == 0)
        #expect(try results.isEmpty)
        #expect(outcome.report.lines(after: .zero).last?.contains("same command again") == true)
    }

    @Test(arguments: [
        (400, #"{"error": {"message": "No sound.", "param": "file"}}"#), (400, "no"), (413, "large"), (500, "oh"),
    ])
    func aRefusedRecordingFailsAloneAndIsTriedInTheNextRun(status: Int, body: String) async throws {
        try makeRecordings(3)
        let outcome = try await run([answer("one"), .answer(status, body), answer("three")])
        #expect(outcome.report.counts.done == 2 && outcome.report.counts.failed == 1 && outcome.requests == 3)
        let failure = try #require(outcome.report.failures.first)
        #expect(failure.name == folder.file("1.wav") && failure.reason.contains("answers \(status)"))
        let again = try await run([answer("two")])
        #expect(again.report.counts.done == 1 && again.report.counts.skipped == 2 && again.requests == 1)
    }

    /// The recording may be what kills the servers to which it is sent on. Each time, they would have to be started again.
    @Test(arguments: [(502, "upstream_failed"), (504, "upstream_timeout")])
    func aRecordingAtWhichServersElsewhereFailIsGivenUp(status: Int, code: String) async throws {
        try makeRecordings(3)
        let failure = [ScriptedServer.Step].answer(
            status, #"{"error": {"message": "It hung up.", "code": "\#(code)"}}"#, headers: ["Retry-After: 0"])
        let outcome = try await run([answer("one"), failure, failure, failure, answer("three")])
        #expect(outcome.report.counts.done == 2 && outcome.report.counts.failed == 1 && outcome.requests == 5)
        #expect(outcome.report.failures.first?.name == folder.file("1.wav"))
        #expect(outcome.report.end == nil)
    }

    @Test func aServerThatIsAwayAndComesBackIsWaitedFor() async throws {
        try makeRecordings(2)
        let busy = [ScriptedServer.Step].answer(503, "Loading.", headers: ["Retry-After: 0"])
        let outcome = try await run([busy, busy, [.hangUp], busy, busy, busy, answer("one"), answer("two")])
        #expect(outcome.report.counts.done == 2 && outcome.requests == 8)
        #expect(outcome.said.contains("Waiting for it, for up to 10 min.\nThe server answers again."))
    }

    @Test func aServerThatStaysAwayEndsTheRun() async throws {
        try makeRecordings(3)
        let busy = [ScriptedServer.Step].answer(503, "Loading.")
        let outcome = try await run([answer("one"), busy], limit: .seconds(2))
        #expect(outcome.report.end?.contains("Loading. It has been waited for, for 2 s.") == true, "\(outcome)")
        #expect(outcome.report.counts.done == 1 && outcome.report.counts.failed == 0)
    }

    @Test func aServerThatWasNeverThereEndsTheRun() async throws {
        try makeRecordings(3)
        let (report, said) = try await run("http://127.0.0.1:9", jobs: 3)
        #expect(report.end?.contains("No server answers") == true && report.counts.done == 0 && said.isEmpty)
    }

    @Test func anAnswerThatBreaksOffIsAskedForAgain() async throws {
        try makeRecordings(1)
        let broken = [ScriptedServer.Step].stream([#"data: {"type": "transcript.text.delta", "delta": "on"}"# + "\n\n"])
        let outcome = try await run([broken, broken, answer("one")])
        #expect(outcome.report.counts.done == 1 && outcome.requests == 3, "\(outcome)")
        try makeRecordings(1)
        let always = try await run([broken], ReplacementRules(repeatsAll: true))
        #expect(always.report.counts.failed == 1, "\(always)")
        #expect(try String(contentsOfFile: folder.file("0.wav.txt"), encoding: .utf8) == "one\n")
    }

    @Test(.timeLimit(.minutes(2))) func stoppingEndsTheWaitForTheServer() async throws {
        try makeRecordings(3)
        let control = DictationControl()
        let busy = [ScriptedServer.Step].answer(503, "Loading.", headers: ["Retry-After: 0"])
        let forever = [ScriptedServer.Step].answer(503, "Loading.", headers: ["Retry-After: 30"])
        let outcome = try await run([busy, busy, forever], control: control) { event in
            if case .note(let words) = event, words.contains("Waiting") { control.interrupt() }
        }
        #expect(outcome.requests == 3 && outcome.report.isInterrupted && outcome.report.counts.failed == 0)
    }

    @Test func stoppingFinishesTheRecordingsInHand() async throws {
        try makeRecordings(9)
        let control = DictationControl()
        let isBetween = Flag()
        let outcome = try await run([answer("one")], jobs: 1, control: control) { event in
            guard case .archive(let counts) = event, counts.done == 2 else { return }
            if counts.inHand == 0 { isBetween.set() }
            if counts.inHand == 1, isBetween.isSet { control.interrupt() }
        }
        #expect(outcome.report.isInterrupted && outcome.report.counts.done == 3 && outcome.requests == 3)
        #expect(try results == ["0.wav.txt", "1.wav.txt", "2.wav.txt"])
    }

    @Test(.timeLimit(.minutes(2))) func cancellingEndsAtOnce() async throws {
        try makeRecordings(3)
        let began = Flag()
        let task = Task {
            try await run([.silence], jobs: 2) { event in
                if case .archive(let counts) = event, counts.inHand == 2 { began.set() }
            }
        }
        try await eventually("both are in hand") { began.isSet }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func asManyAreInHandAsThereAreJobs() async throws {
        try makeRecordings(20)
        let most = Mutex(0)
        let slow = [ScriptedServer.Step.pause(.milliseconds(100))] + answer("one")
        let outcome = try await run([slow], jobs: 7) { event in
            if case .archive(let counts) = event { most.withLock { $0 = max($0, counts.inHand) } }
        }
        #expect(outcome.report.counts.done == 20 && most.withLock { $0 } == 7)
    }

    @Test func aFolderOfResultsThatCannotBeWrittenCountsAsItsRecordings() async throws {
        try makeRecordings(4)
        try folder.write("sound", to: "sub/x.wav")
        let output = try TemporaryFolder()
        try output.write("in the way", to: "sub")
        let outcome = try await run([answer("one")], output: output.path)
        #expect(outcome.report.counts.done == 4 && outcome.report.counts.failed == 1)
        #expect(outcome.report.failures.first?.reason.contains("Results cannot be written here") == true)
        let none = try await run([answer("one")], output: output.file("sub/below"))
        #expect(none.report.counts.failed == 5 && none.requests == 0)
        #expect(none.report.failures.first?.reason.contains("(4 recordings)") == true, "\(none.report.failures)")
    }

    @Test func theListOfFailuresIsBounded() async throws {
        try makeRecordings(25)
        let outcome = try await run([.answer(400, "no\u{1B}[2J")], jobs: 4)
        let lines = outcome.report.lines(after: .seconds(3))
        #expect(outcome.report.counts.failed == 25 && lines.count == 22)
        #expect(lines[0] == "0 done, 0 skipped, 25 failed in 3 s." && lines[21] == "Failed, not listed here: 5.")
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test func inputsWithOneNameCannotShareAnOutputFolder() {
        func collision(_ inputs: [String], output: String?) -> String? {
            Archive(inputs: inputs, output: output, jobs: 1, rules: ReplacementRules(), fileExtension: "txt")
                .collision?.1
        }
        #expect(collision(["x/a", "y/a/"], output: "out") == "y/a/")
        #expect(collision(["x/a.mp3", "y/a.mp3"], output: "out") == "y/a.mp3")
        #expect(collision(["x/a", "y/a"], output: nil) == nil && collision(["x/a", "y/b"], output: "out") == nil)
    }
}
