import Foundation
import Subprocess
import TestSupport
import Testing

@testable import ModelStore

/// Real processes that are killed during downloads.
struct ProcessTests {
    private static let name = "voice"

    /// Two megabytes that cannot be compressed, and the tokens.
    private static func archive() throws -> [UInt8] {
        var generator = SeededGenerator(seed: 20_261_123)
        let noise = (0..<2_000_000).map { _ in Character(UnicodeScalar(UInt8.random(in: 33...126, using: &generator))) }
        return try TestArchive.make([.file("v/m.onnx", String(noise)), .file("v/tokens.txt", "t")], packing: .tar)
    }

    private func pull(_ folder: TemporaryFolder) -> (
        executable: String, arguments: [String], environment: [String: String]
    ) {
        (
            ServerProcess.path(of: "asr2clip"), ["models", "pull", Self.name],
            ["XDG_DATA_HOME": folder.path, "HOME": folder.path]
        )
    }

    private func writeRegistry(_ folder: TemporaryFolder, url: String) throws {
        try folder.write(
            """
            default_model: voice
            models:
              voice:
                type: sense_voice
                dir: voice
                files: {model: m.onnx, tokens: tokens.txt}
                download: {url: "\(url)"}
            """, to: "asr2clip/models.yaml")
    }

    /// Kills the tool at random moments until one run completes, and checks the files after each run.
    @Test func aModelArrivesDespiteRepeatedKills() async throws {
        let bytes = try Self.archive()
        var generator = SeededGenerator(seed: 7)
        let answer = FileServer.Answer.ranged(bytes, tag: "\"1\"", pause: .milliseconds(10))
        try await withFileServer(["/v.tar": answer]) { server in
            try await withTemporaryFolder { folder in
                try writeRegistry(folder, url: server.url("/v.tar"))
                let models = folder.path + "/asr2clip/models"
                var kills = 0
                while true {
                    let run = pull(folder)
                    // Longer and longer, since a busy machine may need the first 400 ms to start.
                    let life = Duration.milliseconds(Int.random(in: 20...(400 + 20 * kills), using: &generator))
                    let status = try await withProcess(run.executable, run.arguments, environment: run.environment) {
                        process in
                        try await Task.sleep(for: life)
                        process.signal(SIGKILL)
                        return try await process.exit()
                    }
                    let there = ((try? FileManager.default.contentsOfDirectory(atPath: models)) ?? [])
                        .filter { !$0.contains(DownloadHashes.fileName) }
                    if there.contains(Self.name) { try expectWhole(folder, bytes) }
                    #expect(Set(there).isSubset(of: [".incoming-voice", Self.name]))
                    if status == .exited(0) { break }
                    #expect(status == .signaled(SIGKILL))
                    kills += 1
                    try #require(kills < 200, "It never arrives.")
                }
                #expect(kills > 0)
                try expectWhole(folder, bytes)
                let there = try FileManager.default.contentsOfDirectory(atPath: models)
                #expect(there.filter { !$0.contains(DownloadHashes.fileName) } == [Self.name])
                let starts = server.asks.compactMap { $0.range?.dropFirst("bytes=".count).dropLast() }.compactMap {
                    Int($0)
                }
                #expect(!starts.isEmpty && starts == starts.sorted(), "each run goes on where the one before ended")
            }
        }
    }

    private func expectWhole(_ folder: TemporaryFolder, _ archive: [UInt8]) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/asr2clip/models/voice").sorted()
        #expect(files == [".asr2clip-download.json", "m.onnx", "tokens.txt"])
        let model = try #require(folder.text("asr2clip/models/voice/m.onnx"))
        #expect(model.utf8.count == 2_000_000)
        #expect(archive.firstRange(of: Array(model.utf8.prefix(1000))) != nil)
        #expect(archive.firstRange(of: Array(model.utf8.suffix(1000))) != nil)
    }

    /// A signal ends a download, with a matching status; the next run resumes it.
    @Test(arguments: [SIGHUP, SIGINT, SIGTERM], [["models", "pull", name], ["--download-model"]])
    func aStoppedFetchFails(signal: Int32, arguments: [String]) async throws {
        let bytes = try TestArchive.make(voiceArchive)
        let gate = Gate()
        defer { gate.open() }
        let answers = [
            FileServer.Answer.stalled(gate, Array(bytes.prefix(100)), promised: bytes.count),
            .ranged(bytes, tag: "\"1\""),
        ]
        try await withFileServer(["/v.tgz": .inTurn(answers)]) { server in
            try await withTemporaryFolder { folder in
                try writeRegistry(folder, url: server.url("/v.tgz"))
                let run = pull(folder)
                let status = try await withProcess(run.executable, arguments, environment: run.environment) { process in
                    try await eventually("half the archive") {
                        FileSystem.size(folder.path + "/asr2clip/models/.incoming-voice/download") == 100
                    }
                    process.signal(signal)
                    let status = try await process.exit()
                    #expect(process.standardError.contains("asr2clip: Stopped before the model was there."))
                    #expect(process.standardOutput == "")
                    return status
                }
                #expect(status == .exited(128 + signal))
                #expect(
                    try await runToEnd(run.executable, arguments, environment: run.environment).status == .exited(0))
                #expect(server.asks.map(\.range) == [nil, "bytes=100-"])
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "the model")
            }
        }
    }

    /// As under nohup(1).
    @Test func anInheritedIgnoredSignalStaysIgnored() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        let gate = Gate()
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                try writeRegistry(folder, url: server.url("/v.tgz"))
                let run = pull(folder)
                let command = "trap '' HUP; exec '\(run.executable)' models pull voice"
                try await withProcess("/bin/sh", ["-c", command], environment: run.environment) { process in
                    try await eventually("half the archive") {
                        (FileSystem.size(folder.path + "/asr2clip/models/.incoming-voice/download") ?? 0) > 0
                    }
                    process.signal(SIGHUP)
                    try await Task.sleep(for: .milliseconds(200))
                    gate.open()
                    #expect(try await process.exit() == .exited(0))
                }
            }
        }
    }

    @Test func twoProcessesFetchOnce() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        let gate = Gate()
        try await withFileServer(["/v.tgz": .gated(gate, bytes)]) { server in
            try await withTemporaryFolder { folder in
                try writeRegistry(folder, url: server.url("/v.tgz"))
                let run = pull(folder)
                try await withProcess(run.executable, run.arguments, environment: run.environment) { first in
                    try await eventually("the first fetches") { server.asks.count == 1 }
                    try await withProcess(run.executable, run.arguments, environment: run.environment) { second in
                        try await eventually("the second waits") {
                            second.standardError.contains("Another program is downloading voice")
                        }
                        let list = try await runToEnd(run.executable, ["models"], environment: run.environment)
                        #expect(list.output.contains("downloading "), "\(list.output)")
                        gate.open()
                        #expect(try await first.exit() == .exited(0))
                        #expect(try await second.exit() == .exited(0))
                        for process in [first, second] {
                            #expect(process.standardOutput.hasPrefix("Model 'voice' is in "))
                        }
                    }
                }
                #expect(server.asks.count == 1)
                try #expect(folder.contents == (voiceFiles + ["asr2clip/models.yaml"]).sorted())
            }
        }
    }

    /// 300 MB over a connection that is lost after every 20 MB.
    @Test func aLargeModelArrivesOverAnUnreliableConnection() async throws {
        var generator = SeededGenerator(seed: 300)
        var bytes = [UInt8](repeating: 0, count: 300_000_000)
        for index in stride(from: 0, to: bytes.count, by: 4096) {
            bytes[index] = UInt8.random(in: 0...255, using: &generator)
        }
        let answer = FileServer.Answer.ranged(bytes, tag: "\"1\"", cutAfter: 20_000_000)
        try await withFileServer(["/m.onnx": answer]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("t", to: "asr2clip/models/voice/tokens.txt")
                let hash = sha256(bytes)
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/m.onnx")), sha256: \(hash), size: 300_000_000")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(600))
                #expect(store.sizeOnDisk(of: entry) == 300_000_001)
                #expect(server.asks.count >= 15)
                #expect(server.asks.dropFirst().allSatisfy { $0.range != nil })
                // Data in transit when the connection is lost is sent again.
                #expect(server.sent < 2 * bytes.count)
            }
        }
    }

    /// A bar on a terminal, plain lines elsewhere or if requested.
    @Test(arguments: [
        (["TERM": "xterm"], true), (["TERM": "dumb"], false), (["TERM": "xterm", "NO_COLOR": "1"], false),
    ])
    func aTerminalShowsAProgressBar(variables: [String: String], hasBar: Bool) async throws {
        let bytes = try Self.archive()
        let answer = FileServer.Answer.ranged(bytes, tag: nil, pause: .milliseconds(20))
        try await withFileServer(["/v.tar": answer]) { server in
            try await withTemporaryFolder { folder in
                try writeRegistry(folder, url: server.url("/v.tar"))
                let run = pull(folder)
                let command = ([run.executable] + run.arguments).joined(separator: " ")
                let result = try await runToEnd(
                    "/usr/bin/script", ["--quiet", "--return", "--command", command, "/dev/null"],
                    environment: run.environment.merging(variables) { $1 }.merging(["PATH": "/usr/bin:/bin"]) { $1 })
                #expect(result.status == .exited(0))
                #expect(result.output.contains("█") == hasBar, "\(result.output)")
                #expect(result.output.contains("\u{1B}[K") == hasBar)
                #expect(result.output.contains("Model voice is in \(folder.path)"))
                #expect(result.output.contains("Model 'voice' is in \(folder.path)"))
            }
        }
    }
}
