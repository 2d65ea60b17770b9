import Foundation
import TestSupport
import Testing

/// Keys that the server knows only by their hashes.
@Suite struct KeyFileTests {
    private let folder: TemporaryFolder
    private let file: String

    /// Creates the file as described in the README.
    init() async throws {
        folder = try TemporaryFolder()
        file = folder.file("keys")
        let command = #"printf 'sha256:%s kitchen\n' "$(printf %s "$KEY" | sha256sum | cut -d' ' -f1)""#
        for key in ["open sesame", "barley"] {
            let line = try await runToEnd(
                "/bin/sh", ["-c", command], environment: ["KEY": key, "PATH": "/usr/local/bin:/usr/bin:/bin"])
            #expect(line.status == .exited(0))
            let lines = (try? Data(contentsOf: URL(filePath: file))) ?? Data("# keys\n".utf8)
            try folder.write(lines + Data(line.output.utf8), to: "keys")
        }
    }

    @Test(arguments: [true, false]) func aKeyWhoseHashIsInTheFileIsAccepted(isFlag: Bool) async throws {
        let setup = ServerProcess.Setup(
            TestRegistry([.paraformer]), ["--api-key", "oats"] + (isFlag ? ["--api-key-file", file] : []),
            environment: isFlag ? [:] : ["ASR2CLIP_API_KEY_FILE": file])
        try await withServer(setup) { server in
            func status(_ key: String) async throws -> UInt {
                let headers = [("Authorization", "Bearer \(key)")]
                return try await APIClient(server).send("GET", "/v1/models", headers: headers).status
            }
            for key in ["open sesame", "barley", "oats"] { #expect(try await status(key) == 200, "\(key)") }
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
            let hash = try #require(lines.first { $0.hasPrefix("sha256:") })
            for key in ["open", "kitchen", String(hash), String(hash.dropFirst(7))] {
                #expect(try await status(key) == 401, "\(key)")
            }
            let log = server.process.standardError + server.process.standardOutput
            #expect(["open sesame", "barley", "oats", String(hash.dropFirst(7))].filter(log.contains) == [])
        }
    }

    @Test func aMalformedLineFailsTheStartWithoutBeingShown() async throws {
        let lines = try Data(contentsOf: URL(filePath: file))
        try folder.write(lines + Data("plain-secret\n".utf8), to: "keys")
        try await expectRefusal(naming: "\(file):4: ")
    }

    @Test(arguments: ["", "# nobody yet\n"]) func aFileWithoutKeysFailsTheStart(text: String) async throws {
        try folder.write(Data(text.utf8), to: "keys")
        try await expectRefusal(naming: file)
    }

    @Test func aMissingFileFailsTheStart() async throws {
        try FileManager.default.removeItem(atPath: file)
        try await expectRefusal(naming: file)
    }

    private func expectRefusal(naming part: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let server = try ServerFolder()
        let arguments = ["--port", "0", "--config", try server.write(TestRegistry([.paraformer]))]
        let result = try await runToEnd(
            ServerProcess.path(of: "asr2clip-serve"), arguments + ["--api-key-file", file],
            environment: server.environment)
        #expect(result.status == .exited(1), sourceLocation: sourceLocation)
        #expect(result.output == "", sourceLocation: sourceLocation)
        #expect(result.error.contains(part), "\(result.error)", sourceLocation: sourceLocation)
        #expect(!result.error.contains("plain-secret"), sourceLocation: sourceLocation)
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)", sourceLocation: sourceLocation)
        #expect(server.runs.isEmpty, sourceLocation: sourceLocation)
    }
}
