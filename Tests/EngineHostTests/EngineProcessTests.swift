import EngineLink
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import EngineHost

/// Real processes in place of the engine: their notices, their output and their silence.
@Suite(.serialized)
struct EngineProcessTests {
    private let folder: TemporaryFolder
    private static let version = "echo '{\"version\":{\"_0\":\"\(Version.text)\"}}'\n"

    init() throws { folder = try TemporaryFolder() }

    /// Runs a shell script as the engine.
    private func run(
        _ script: String, as job: EngineOrder.Job = .unpack, loadTimeout: Duration? = nil,
        log: LogRecorder = LogRecorder()
    ) async throws -> (end: EngineEnd, notices: [EngineNotice]) {
        let path = try folder.write(Data("#!/bin/sh\n\(script)\n".utf8), to: "engine")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let notices = Mutex<[EngineNotice]>([])
        let end = await EngineProcess(EngineExecutable(path: path), loadTimeout: loadTimeout).run(
            EngineOrder(parent: getpid(), job: job), logger: log.logger
        ) { _, _ in
        } notice: { notice in
            notices.withLock { $0.append(notice) }
        }
        return (end, notices.withLock { $0 })
    }

    @Test func noticesOfAnEngineAreReceived() async throws {
        let (end, notices) = try await run(Self.version + #"echo '{"ready":{}}'"#)
        #expect(notices == [.ready])
        #expect(end.status == "exit status 0")
    }

    @Test(arguments: ["", #"echo '{"ready":{}}'; "#])
    func anEngineThatReportsFailureAndContinuesIsEnded(before: String) async throws {
        let failed = #"echo '{"failed":{"_0":"no file"}}'; exec sleep 600"#
        let (end, notices) = try await run(Self.version + before + failed)
        #expect(notices.last == .failed("no file"))
        #expect(end.status == "signal 9")
    }

    /// Without its notices, the server could not know whether it is still loading.
    @Test func anEngineThatClosesItsStandardOutputIsEnded() async throws {
        let (end, notices) = try await run(Self.version + "exec sleep 600 >&-", loadTimeout: .seconds(600))
        #expect(notices == [])
        #expect(end.status == "signal 9")
    }

    @Test func anEngineOfAnotherVersionIsEndedWithAClearMessage() async throws {
        let (end, notices) = try await run(#"echo '{"version":{"_0":"9.9"}}'; exec sleep 600"#)
        #expect(end.status == "signal 9")
        let line =
            "asr2clip-engine is version 9.9, and asr2clip is \(Version.text). Install asr2clip again, with all its programs."
        #expect(notices == [.failed(line)])
    }

    @Test func aProgramThatIsNoEngineIsReported() async throws {
        let (_, notices) = try await run("exit 0")
        #expect(notices.count == 1)
        guard case .failed(let line) = notices.first else { return }
        #expect(line.contains("is no engine of asr2clip \(Version.text)"))
    }

    /// Endless lines, and a single endless line.
    @Test(arguments: ["exec yes 3>&1 >&2", "exec yes", "exec cat /dev/zero 3>&1 >&2", "exec cat /dev/zero"])
    func anEngineThatWritesWithoutEndIsEnded(script: String) async throws {
        let log = LogRecorder()
        let start = ContinuousClock.now
        let (end, _) = try await run(Self.version + script, log: log)
        let earned = Int(start.duration(to: .now) / LineBudget.interval)
        #expect(end.status == "signal 9" || end.status == "signal 13")
        #expect(end.lastWords.contains("without end, and was ended"))
        #expect(log.messages.count < 2 * (LineBudget.burst + earned) + 100)
        #expect(log.messages.allSatisfy { $0.utf8.count < 1 << 14 })
    }

    @Test func controlCharactersDoNotReachTheLog() async throws {
        let log = LogRecorder()
        _ = try await run(Self.version + #"printf '\033[2J\007red\n' >&2"#, log: log)
        #expect(log.messages.contains("\u{FFFD}[2J\u{FFFD}red"))
    }

    /// JSON can encode every character.
    @Test func controlCharactersAreRemovedFromNotices() async throws {
        let log = LogRecorder()
        let notices = #"""
            cat <<'EOF'
            {"warning":{"_0":"\u001b[2J\nred"}}
            {"failed":{"_0":"\u001b[2J\nblue"}}
            EOF
            """#
        let (_, heard) = try await run(Self.version + notices, log: log)
        #expect(log.messages.contains("\u{FFFD}[2J\u{FFFD}red"))
        #expect(heard == [.failed("\u{FFFD}[2J\u{FFFD}blue")])
    }

    /// Such an order would fill the pipe before it is complete, so that sending it would block.
    @Test func anOversizedOrderIsRefusedBeforeTheProcessStarts() async throws {
        let long = String(repeating: "n", count: EngineOrder.mostBytes)
        let (end, notices) = try await run("touch \(folder.path)/started", as: .measure(path: long))
        #expect(end.status == "could not be started")
        let line = try #require(notices.first.map { "\($0)" })
        #expect(line.contains("longer than 65536 bytes"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/started"))
    }

    @Test func anEngineWithoutLoadProgressIsEnded() async throws {
        let (end, _) = try await run(Self.version + "exec sleep 600", loadTimeout: .milliseconds(500))
        #expect(end.status == "signal 9")
        #expect(end.lastWords.contains("was not loaded within 0.5 s (--load-timeout)"))
    }

    /// A large model on a slow disk.
    @Test func anEngineWithLoadProgressIsNotEnded() async throws {
        // Both parts take longer than the time limit.
        let reading =
            #"for i in 1 2 3 4 5 6 7 8; do sleep 0.5; echo '{"loading":{}}'; done; echo '{"ready":{}}'; sleep 4"#
        let (end, notices) = try await run(Self.version + reading, loadTimeout: .seconds(3))
        #expect(end.status == "exit status 0")
        #expect(notices == [.ready])
    }
}
