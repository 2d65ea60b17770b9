#if os(Linux)
    import Foundation
    import Subprocess
    import TestSupport
    import Testing

    /// Uploads for which there is no space on disk.
    @Suite(.serialized)
    struct StorageTests {
        /// The reason for the lack of space.
        enum Scarcity: String, CaseIterable {
            /// A file system of 1 MiB that only this server sees.
            case fullDisk
            /// A file size limit of 256 KiB.
            case sizeLimit

            /// The command that runs the server under this restriction.
            var command: [String] {
                switch self {
                case .fullDisk:
                    // Users other than root can mount only in their own user namespace, if at all.
                    let privileges = geteuid() == 0 ? "--mount" : "--map-root-user"
                    let mount = #"mount -t tmpfs -o size=1m,mode=700 tmpfs "$TMPDIR" && exec "$@""#
                    return ["/usr/bin/unshare", privileges, "--mount", "/bin/sh", "-c", mount, "sh"]
                case .sizeLimit: return ["/bin/sh", "-c", #"ulimit -f 512 && exec "$@""#, "sh"]
                }
            }

            /// Whether this machine allows it.
            func isPossible() async -> Bool {
                let command = command + ["/bin/true"]
                let environment = ["PATH": "/usr/bin:/bin", "TMPDIR": "/tmp"]
                let result = try? await runToEnd(command[0], Array(command.dropFirst()), environment: environment)
                return result?.status == .exited(0)
            }
        }

        @Test(
            .enabled("No file system may be mounted here; the limit on sizes is tested in its place.") {
                await Scarcity.fullDisk.isPossible()
            })
        func aFullDiskIsATemporaryErrorForUploads() async throws { try await expectCleanRefusals(.fullDisk) }

        @Test func aFileSizeLimitIsHandledLikeAFullDisk() async throws { try await expectCleanRefusals(.sizeLimit) }

        private func expectCleanRefusals(_ scarcity: Scarcity) async throws {
            var setup = ServerProcess.Setup(TestRegistry([.senseVoice]))
            setup.launcher = scarcity.command
            try await withServer(setup) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                let large = MultipartBody(
                    file: .init(name: "large.wav", bytes: Data(count: 4 << 20)), fields: ["model": "sense_voice"])
                for _ in 0..<2 {
                    let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                        for _ in 0..<4 {
                            // Keeps sending while the response is on its way, then reads it, as clients should.
                            group.addTask { try await FormConnection(port: server.port).post(large) }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    for answer in answers {
                        try expectError(answer, 503, "storage_full", parameter: "file")
                        #expect(answer.headers["retry-after"].flatMap { Int($0) } ?? 0 > 0)
                    }
                    try await eventually("nothing is left") { uploads(of: server).isEmpty }
                    let small = try await client.transcribe("en_word_16k.wav", ["model": "sense_voice"])
                    #expect(small.body == #"{"text": "stop"}"#)
                }
                #expect(server.engines.count == 1)
                #expect(!server.process.standardError.contains("The engine ended"))
            }
        }

        /// The uploads as the server sees them: its folder may be on a file system of its own (proc(5),
        /// /proc/pid/root).
        private func uploads(of server: ServerProcess) -> [String] {
            let runs = "/proc/\(server.process.pid)/root\(server.folder.temporary)"
            func contents(_ folder: String) -> [String]? {
                try? FileManager.default.contentsOfDirectory(atPath: folder)
            }
            guard let run = contents(runs)?.first else { return ["no folder of a server in \(runs)"] }
            return contents("\(runs)/\(run)/uploads") ?? ["no uploads in \(runs)/\(run)"]
        }
    }
#endif
