import Foundation
import Subprocess
import TestSupport
import Testing

/// What the programs say if there is no model yet.
struct FirstRunTests {
    /// A German user, whose downloads all fail: nothing listens on port 9 (discard).
    private static let german = ["LANG": "de_DE.UTF-8", "https_proxy": "http://127.0.0.1:9"]
    private static let words = ["For German", "fast-conformer-transducer-de-int8", "parakeet-tdt-0.6b-v3-int8"]
    private static let beginning = "No model is there yet"

    private func run(
        _ folder: ServerFolder, _ arguments: String...
    ) async throws -> (status: TerminationStatus, output: String, error: String) {
        try await runToEnd(
            ServerProcess.path(of: "asr2clip"), arguments, environment: folder.environment.merging(Self.german) { $1 })
    }

    @Test(arguments: ["asr2clip-serve", "asr2clip"])
    func theServerSaysWhichModelToTake(executable: String) async throws {
        let verb = executable == "asr2clip" ? ["--serve"] : []
        try await withServer(ServerProcess.Setup(nil, verb, environment: Self.german, executable: executable)) {
            server in
            func lines() -> [Substring] {
                server.process.standardError.split(separator: "\n").filter { $0.contains(Self.beginning) }
            }
            try await eventually("it is said") { !lines().isEmpty }
            #expect(lines().count == 1)
            for word in Self.words + [server.folder.data + "/asr2clip/models.yaml"] {
                #expect(lines().first?.contains(word) == true, "\(server.process.standardError)")
            }
            // It fetches the page's model all the same.
            try await eventually("the download has begun") {
                server.process.standardError.contains("Downloading sensevoice-small from https://github.com/k2-fsa/")
            }
        }
    }

    @Test func fetchingTheDefaultModelSaysSoToo() async throws {
        let folder = try ServerFolder()
        let result = try await run(folder, "--download-model")
        #expect(result.status == .exited(1))
        #expect(result.error.hasPrefix("asr2clip: \(Self.beginning)"), "\(result.error)")
        for word in Self.words { #expect(result.error.contains(word), "\(result.error)") }
        #expect(result.error.contains("Downloading sensevoice-small"))
        #expect(FileManager.default.fileExists(atPath: folder.data + "/asr2clip/models.yaml"))
    }

    @Test func theToolWithoutAServerSaysSoUnlessItIsConfigured() async throws {
        let folder = try ServerFolder()
        let speech = Fixtures.audio("en_word_16k.wav")
        let first = try await run(folder, "transcribe", "--url", "http://127.0.0.1:9/v1", speech)
        #expect(first.status == .exited(1))
        #expect(first.error.contains("Start one with: asr2clip-serve"), "\(first.error)")
        #expect(first.error.split(separator: "\n").last?.hasPrefix(Self.beginning) == true, "\(first.error)")
        #expect(!FileManager.default.fileExists(atPath: folder.data + "/asr2clip/models.yaml"))

        let configuration = folder.path + "/asr2clip.conf"
        try Data("api_base_url: http://127.0.0.1:9/v1\n".utf8).write(to: URL(filePath: configuration))
        let configured = try await run(folder, "transcribe", "--config", configuration, speech)
        #expect(configured.status == .exited(1))
        #expect(!configured.error.contains(Self.beginning), "\(configured.error)")
    }

    @Test func theToolsOwnEngineSaysSoUnlessItIsQuiet() async throws {
        let folder = try ServerFolder()
        let speech = Fixtures.audio("en_word_16k.wav")
        for (quiet, isTold) in [("", true), ("quiet: true\n", false)] {
            let configuration = folder.path + "/asr2clip.conf"
            try Data("engine: sherpa_onnx\n\(quiet)".utf8).write(to: URL(filePath: configuration))
            let result = try await run(folder, "transcribe", "--config", configuration, speech)
            #expect(result.status == .exited(1))
            #expect(result.error.contains(Self.beginning) == isTold, "\(result.error)")
        }
    }
}
