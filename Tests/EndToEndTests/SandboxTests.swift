#if os(Linux)
    import Foundation
    import NIOCore
    import NIOPosix
    import TestSupport
    import Testing

    /// What an engine process has given up.
    @Suite(.serialized)
    struct SandboxTests {
        /// The probe is a program of the tests that enters the sandbox of a job and tries all that SECURITY.md's table
        /// keeps from engines, and what has to work.
        @Test(arguments: ["recognise", "unpack", "listen"])
        func eachRowOfTheTableHoldsForEachJob(job: String) async throws {
            let attempts = try await Probe.attempts(in: job)
            for attempt in attempts { #expect(attempt.outcome == attempt.expected, "\(attempt.name)") }
            // Keys are kept from engines by their server: anEngineKnowsNoSecretOfItsServer.
            let rows = Set(attempts.map(\.row)).subtracting(["what goes on working"]).union(["API keys"])
            #expect(try Set(Probe.rowsOfTheTable()) == rows)
        }

        /// A driver opens its devices for writing, and no more than that is granted beyond what it needs itself.
        @Test func anAcceleratorsDriverMayOpenItsDevices() async throws {
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

        /// What the sandbox refuses is something that the kernel would have done, or would have refused for another reason.
        @Test func withoutTheSandboxNothingIsRefused() async throws {
            let attempts = try await Probe.attempts(in: "none")
            #expect(attempts.filter { $0.expected == "EPERM" && $0.outcome == "EPERM" }.map(\.name) == [])
            #expect(attempts.filter { $0.expected == "EPERM" }.count > 50)
        }

        #if arch(x86_64)
            /// Calls by the numbers of another architecture end the process, unless the processor ends it before.
            @Test(arguments: ["x32", "int80"], ["recognise", "unpack", "listen"])
            func aCallOfAnotherArchitectureEndsTheProcess(way: String, job: String) async throws {
                let (free, inside) = (try await Probe.end(by: way, in: "none"), try await Probe.end(by: way, in: job))
                #expect(inside == (free == .exited(0) ? .signaled(SIGSYS) : free))
            }
        #endif

        /// The server tells from the signal what an engine died of.
        @Test(arguments: ["abort", "trap"], ["recognise", "unpack", "listen"])
        func aCrashEndsTheProcessAsWithoutASandbox(way: String, job: String) async throws {
            let (free, inside) = (try await Probe.end(by: way, in: "none"), try await Probe.end(by: way, in: job))
            #expect(free != .exited(0))
            #expect(inside == free)
        }

        @Test func anEngineIsInItsSandboxBeforeItReadsItsModel() async throws {
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
                // More inclined to go than the server, by what proc(5) calls its score.
                let badness = try [engine, server.process.pid].map {
                    try #require(Int(contents("oom_score_adj", of: $0).trimmingCharacters(in: .newlines)))
                }
                #expect(badness[0] == min(1000, badness[1] + 500))
                #expect(!server.process.standardError.contains("sandbox"))
            }
        }

        /// Every thread, those from before the model among them, in every family.
        @Test(arguments: TestRegistry.Model.fixtures + [.starter])
        func noThreadOfAnEngineIsOutside(model: TestRegistry.Model) async throws {
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
                        // It may have ended before it was asked; nothing else excuses it.
                        #expect(!FileManager.default.fileExists(atPath: "/proc/\(engine)/task/\(thread)"))
                    }
                }
            }
        }

        @Test func anEngineKnowsNoSecretOfItsServer() async throws {
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
