#if os(Linux)
    import Foundation
    import NIOCore
    import NIOPosix
    import TestSupport
    import Testing

    /// The restrictions of an engine process.
    @Suite(.serialized)
    struct SandboxTests {
        /// The probe is a test program that enters the sandbox of a job and attempts everything that SECURITY.md's
        /// table denies to engines, and what must still work.
        @Test(arguments: ["recognise", "unpack", "listen"])
        func eachAttemptHasItsExpectedResultForEachJob(job: String) async throws {
            let attempts = try await Probe.attempts(in: job)
            for attempt in attempts { #expect(attempt.outcome == attempt.expected, "\(attempt.name)") }
            // API keys are withheld from engines by the server: anEngineHasNoSecretsOfItsServer.
            let rows = Set(attempts.map(\.row)).subtracting(["what goes on working"]).union(["API keys"])
            #expect(try Set(Probe.rowsOfTheTable()) == rows)
        }

        /// A driver may open its devices for writing and make the few calls that it needs; nothing else is granted.
        @Test func anAcceleratorsDriverCanOpenItsDevices() async throws {
            let granted = try await Probe.attempts(in: "drive").filter { $0.outcome != $0.expected }.map(\.name)
            var expected = [
                "open to write", "open to read and write", "open in both modes", "open to append", "memfd_create",
                "set_mempolicy", "mlock", "flock",
            ]
            #if arch(x86_64)
                expected.append("open to write by its number")
            #endif
            #expect(Set(granted) == Set(expected))
        }

        /// Without the sandbox, the kernel would perform the denied calls, or reject them for another reason.
        @Test func withoutTheSandboxEveryAttemptSucceeds() async throws {
            let attempts = try await Probe.attempts(in: "none")
            #expect(attempts.filter { $0.expected == "EPERM" && $0.outcome == "EPERM" }.map(\.name) == [])
            #expect(attempts.filter { $0.expected == "EPERM" }.count > 50)
        }

        #if arch(x86_64)
            /// System calls by another architecture's numbers end the process, unless the processor ends it first.
            @Test(arguments: ["x32", "int80"], ["recognise", "unpack", "listen"])
            func aSystemCallOfAnotherArchitectureEndsTheProcess(way: String, job: String) async throws {
                let (free, inside) = (try await Probe.end(by: way, in: "none"), try await Probe.end(by: way, in: job))
                #expect(inside == (free == .exited(0) ? .signaled(SIGSYS) : free))
            }
        #endif

        /// The server recognises the cause of an engine's end by the signal.
        @Test(arguments: ["abort", "trap"], ["recognise", "unpack", "listen"])
        func aCrashEndsTheProcessAsWithoutASandbox(way: String, job: String) async throws {
            let (free, inside) = (try await Probe.end(by: way, in: "none"), try await Probe.end(by: way, in: job))
            #expect(free != .exited(0))
            #expect(inside == free)
        }

        @Test func anEngineIsSandboxedBeforeItReadsItsModel() async throws {
            try await withServer(.init(TestRegistry([.whisper]), ["--engine-memory", "3G"])) { server in
                let engine = try await untilFound("an engine") { server.engines.first }
                try await APIClient(server).waitUntilHealthy()
                let status = try contents("status", of: engine)
                #expect(status.contains("NoNewPrivs:\t1\n"))
                #expect(status.contains("Seccomp:\t2\n"))
                let limits = try contents("limits", of: engine).split(separator: "\n")
                for (name, limit) in [
                    ("Max file size", "0"), ("Max core file size", "0"), ("Max data size", "\(3 << 30)"),
                ] {
                    let line = try #require(limits.first { $0.hasPrefix(name) })
                    let values = line.dropFirst(name.count).split(separator: " ").prefix(2)
                    #expect(values == [limit[...], limit[...]], "\(line)")
                }
                // The kernel kills the engine before the server: its OOM score (proc(5)) is higher.
                let badness = try [engine, server.process.pid].map {
                    try #require(Int(contents("oom_score_adj", of: $0).trimmingCharacters(in: .newlines)))
                }
                #expect(badness[0] == min(1000, badness[1] + 500))
                #expect(!server.process.standardError.contains("sandbox"))
            }
        }

        /// Every thread, including those started before the model was loaded, for every family.
        @Test(arguments: TestRegistry.Model.fixtures + [.starter])
        func everyThreadOfAnEngineIsSandboxed(model: TestRegistry.Model) async throws {
            try await withServer(.init(TestRegistry([model]))) { server in
                let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": model.name])
                #expect(try answer.json(TextBody.self).text.lowercased().hasPrefix("stop"))
                let engine = try #require(server.engines.first)
                let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(engine)/task")
                #expect(threads.count > 1)
                for thread in threads {
                    do {
                        #expect(try contents("task/\(thread)/status", of: engine).contains("Seccomp:\t2\n"))
                    } catch {
                        // The thread may have ended before the check; there is no other excuse.
                        #expect(!FileManager.default.fileExists(atPath: "/proc/\(engine)/task/\(thread)"))
                    }
                }
            }
        }

        @Test func anEngineHasNoSecretsOfItsServer() async throws {
            let environment = ["ASR2CLIP_API_KEY": "known-to-the-server", "HF_TOKEN": "also-known", "LANG": "C.UTF-8"]
            try await withServer(.init(TestRegistry([.whisper]), environment: environment)) { server in
                let engine = try await untilFound("an engine") { server.engines.first }
                try await APIClient(server).waitUntilHealthy()
                let variables = try contents("environ", of: engine)
                #expect(variables.contains("LANG=C.UTF-8"))
                #expect(!variables.contains("known"))
            }
        }

        private func contents(_ file: String, of process: Int32) throws -> String {
            try String(contentsOfFile: "/proc/\(process)/\(file)", encoding: .utf8)
        }
    }
#endif
