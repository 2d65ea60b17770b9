#if os(Linux)
    import CSystemCalls
    import Foundation
    import Subprocess
    import TestSupport
    import Testing

    /// Runs SandboxProbe.
    enum Probe {
        /// A line of its output.
        struct Attempt: Sendable {
            let row, name, expected, outcome: String
        }

        /// The result of each attempt in the sandbox of a job; without a sandbox if the job is `none`.
        static func attempts(in job: String) async throws -> [Attempt] {
            let folder = try TemporaryFolder()
            try folder.write(Data("content".utf8), to: "file")
            try await writeArchives(to: folder.path)
            let objects = try SystemVObjects()
            let output = try await withListener { port, connections in
                let result = try await runToEnd(
                    ServerProcess.path(of: "SandboxProbe"), [job, "\(port)", folder.path] + objects.ids)
                #expect(result.status == .exited(0), "\(result.error)")
                if job != "none" { #expect(connections.count == 0) }
                return result.output
            }
            #expect(try String(contentsOfFile: folder.file("file"), encoding: .utf8) == "content")
            return try output.split(separator: "\n").map { line in
                let fields = line.split(separator: "\t").map(String.init)
                try #require(fields.count == 4, "\(line)")
                return Attempt(row: fields[0], name: fields[1], expected: fields[2], outcome: fields[3])
            }
        }

        /// The probe's termination status if it ends itself in this way.
        static func end(by way: String, in job: String) async throws -> TerminationStatus {
            try await runToEnd(ServerProcess.path(of: "SandboxProbe"), [job, way]).status
        }

        /// The bold words at the start of each row of SECURITY.md's table.
        static func rowsOfTheTable() throws -> [String] {
            let text = try String(contentsOfFile: Fixtures.path("SECURITY.md"), encoding: .utf8)
            return text.matches(of: /(?m)^\| \*\*(.+?)\*\*/).map { String($0.1) }
        }

        /// Writes archives with two entries each, whose names are not ASCII; one is two folders deep.
        private static func writeArchives(to folder: String) async throws {
            let program = """
                import io, os, sys, tarfile, zipfile
                names = ["models/größe.txt", "模型.onnx"]
                for ending in ["", ".gz", ".bz2", ".xz"]:
                    path = os.path.join(sys.argv[1], "archive.tar" + ending)
                    with tarfile.open(path, "w:" + ending[1:], format=tarfile.PAX_FORMAT) as archive:
                        for name in names:
                            entry = tarfile.TarInfo(name)
                            entry.size = 70000
                            archive.addfile(entry, io.BytesIO(os.urandom(70000)))
                with zipfile.ZipFile(os.path.join(sys.argv[1], "archive.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
                    for name in names:
                        archive.writestr(name, "x" * 70000)
                """
            let result = try await runToEnd(
                "/usr/bin/env", ["python3", "-c", program, folder], environment: ProcessInfo.processInfo.environment)
            #expect(result.status == .exited(0), "\(result.error)")
        }
    }

    /// A segment of shared memory, a message queue and a semaphore of System V, removed at the end.
    private final class SystemVObjects: Sendable {
        let ids: [String]
        private let numbers: [Int]

        init() throws {
            let new: UInt = 0o1600  // sys/ipc.h: IPC_CREAT, for its user alone
            numbers = [
                asr_system_call(Int(__NR_shmget), 0, 4096, new, 0, 0, 0),
                asr_system_call(Int(__NR_msgget), 0, new, 0, 0, 0, 0),
                asr_system_call(Int(__NR_semget), 0, 1, new, 0, 0, 0),
            ]
            ids = numbers.map(String.init)
            try #require(numbers.allSatisfy { $0 >= 0 }, "This kernel has no System V objects to try.")
        }

        deinit {
            let (shared, queue, semaphore) = (UInt(numbers[0]), UInt(numbers[1]), UInt(numbers[2]))
            _ = asr_system_call(Int(__NR_shmctl), shared, 0, 0, 0, 0, 0)  // IPC_RMID
            _ = asr_system_call(Int(__NR_msgctl), queue, 0, 0, 0, 0, 0)
            _ = asr_system_call(Int(__NR_semctl), semaphore, 0, 0, 0, 0, 0)
        }
    }
#endif
