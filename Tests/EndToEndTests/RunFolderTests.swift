import Foundation
import Subprocess
import TestSupport
import Testing

/// The folder for temporary files: shared with other servers, removed by other programs, or impossible to create.
@Suite(.serialized)
struct RunFolderTests {
    private let setup = ServerProcess.Setup(TestRegistry([.whisper, .paraformer]), ["--num-threads", "1"])

    private func expectWords(
        of model: String, from client: APIClient, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await client.transcribe("en_word_16k.wav", ["model": model])
        #expect(answer.body == #"{"text": "stop"}"#, sourceLocation: sourceLocation)
    }

    #if os(Linux)
        /// A separate PID namespace, as in a container; the server is process 1 there.
        private static let container = [
            "/usr/bin/unshare", geteuid() == 0 ? "--mount" : "--map-root-user", "--pid", "--mount-proc", "--fork",
            "--kill-child",
        ]

        private static func isContainerPossible() async -> Bool {
            let end = try? await runToEnd(container[0], container.dropFirst() + ["/bin/true"])
            return end?.status == .exited(0)
        }

        @Test(
            .enabled("Namespaces may not be made here; RunDirectoryTests has two processes in its place.") {
                await isContainerPossible()
            })
        func twoContainersCanShareATemporaryFolder() async throws {
            var setup = setup
            setup.launcher = Self.container
            try await withServer(setup) { first in
                let client = APIClient(first)
                try await client.waitUntilHealthy()
                try await withServer(setup, in: first.folder) { second in
                    try await APIClient(second).waitUntilHealthy()
                    #expect(first.folder.runs.count == 2)
                    for model in ["whisper", "paraformer"] {
                        try await expectWords(of: model, from: client)
                        try await expectWords(of: model, from: APIClient(second))
                    }
                }
                // The second was killed and left its folder, which the next server removes.
                try await withServer(setup, in: first.folder) { third in
                    try await APIClient(third).waitUntilHealthy()
                    #expect(first.folder.runs.count == 2)
                    try await expectWords(of: "paraformer", from: client)
                }
            }
        }
    #endif

    /// The part of the folder that a cleaner removes; "" is the whole folder.
    @Test(arguments: ["", "/uploads", "/onnxruntime.settings"])
    func removedFoldersAreMadeAgain(part: String) async throws {
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let run = try #require(server.folder.runs.first)
            for _ in 0..<2 {
                try FileManager.default.removeItem(atPath: run + part)
                #expect(try await client.get("/health/ready").status == 200)
                try await expectWords(of: "whisper", from: client)
                // The model may have to be loaded, which needs the settings file.
                try await expectWords(of: "paraformer", from: client)
            }
            #expect(server.folder.runs == [run])
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
            #expect(server.folder.runs.isEmpty)
        }
    }

    @Test func readinessFailsWhenUploadsCannotBeStored() async throws {
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let run = try #require(server.folder.runs.first)
            try FileManager.default.removeItem(atPath: run)
            try Data().write(to: URL(filePath: run))
            for answer in [
                try await client.get("/health/ready"),
                try await client.transcribe("en_word_16k.wav", ["model": "whisper"]),
            ] {
                try expectError(answer, 503, "storage_unavailable")
                #expect(answer.headers["retry-after"] == "5")
            }
            #expect(try await client.get("/health/live").status == 200)
            try FileManager.default.removeItem(atPath: run)
            #expect(try await client.get("/health/ready").status == 200)
            try await expectWords(of: "whisper", from: client)
        }
    }

    @Test(arguments: [80, 108, 200])
    func aLongPathOfTheRunFolderWorks(length: Int) async throws {
        let folder = try TemporaryFolder()
        let long = folder.file(String(repeating: "t", count: length))
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: false)
        var setup = setup
        setup.environment = ["TMPDIR": long]
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            try await expectWords(of: "paraformer", from: APIClient(server))
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: long) == [])
    }

    @Test func anImpossibleFolderIsReportedInOneLine() async throws {
        let folder = try ServerFolder()
        let registry = try folder.write(TestRegistry([.paraformer]))
        let result = try await runToEnd(
            ServerProcess.path(of: "asr2clip-serve"), ["--port", "0", "--config", registry],
            environment: folder.environment.merging(["TMPDIR": "/nowhere"]) { $1 })
        #expect(result.status == .exited(1) && result.output == "")
        let reason = "Cannot make a folder for temporary files in /nowhere: No such file or directory."
        #expect(result.error.hasPrefix("asr2clip: \(reason)"))
        #expect(result.error.split(separator: "\n").count == 1)
    }
}
