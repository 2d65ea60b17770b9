#if os(Linux)
    import Foundation
    import NIOCore
    import NIOPosix
    import TestSupport
    import Testing

    /// What an engine process has given up.
    @Suite(.serialized)
    struct SandboxTests {
        /// The probe is a program of the tests that enters the engine's sandbox and tries all this.
        @Test func theSandboxRefusesWhatAnEngineHasNoUseForAndNothingElse() async throws {
            let folder = try TemporaryFolder()
            try folder.write(Data("content".utf8), to: "file")
            let output = try await withListener { port, connections in
                let result = try await runToEnd(
                    ServerProcess.path(of: "SandboxProbe"), ["\(port)", folder.path])
                #expect(result.status == .exited(0), "\(result.error)")
                #expect(connections.count == 0)
                return result.output
            }
            let refused = [
                "internet socket", "connect", "connect on a thread from before", "datagram socket",
                "connect to a Unix socket", "rings", "spawn", "fork", "exec", "signal to the parent",
                "trace the parent", "user namespace", "open for writing", "truncate", "create", "remove", "rename",
                "make a folder", "change a limit", "make shared memory", "attach shared memory",
                "look at shared memory", "make a message queue", "send a message", "receive a message",
                "make a semaphore", "change a semaphore", "look at a semaphore", "schedule the parent",
                "bind the parent to a core", "new session", "outlive the parent",
            ]
            let granted = ["take memory", "read", "listen", "start a thread", "signal to itself"]
            let limited = [
                "write to a file that was open: EFBIG", "take more memory than the limit: ENOMEM",
            ]
            let expected = refused.map { "\($0): EPERM" } + granted.map { "\($0): done" } + limited
            #expect(Set(output.split(separator: "\n").map(String.init)) == Set(expected))
            #expect(try String(contentsOfFile: folder.file("file"), encoding: .utf8) == "content")
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
