#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    /// The heap of engines, and engines that run out of memory, under sixteen requests.
    @Suite(.serialized)
    struct MemoryTests {
        private func withHealthyServer(_ body: (ServerProcess, APIClient) async throws -> Void) async throws {
            let setup = ServerProcess.Setup(TestRegistry([.whisper, .senseVoice]), ["--num-threads", "2"])
            try await withServer(setup) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                try await body(server, client)
                try await eventually("no upload is left") { server.folder.uploads.isEmpty }
                let answer = try await client.transcribe("en_word_16k.wav", ["model": "whisper"])
                #expect(answer.body == #"{"text": "stop"}"#)
            }
        }

        /// Of different lengths, and longer than the model decodes in one piece: to cut them takes a detector each, and
        /// more memory than is left after loading.
        private let sizes = (0..<16).map { 12 + $0 % 4 }

        @Test(.enabled(if: MemoryGroup.isAvailable, "No control group can be made here that bounds memory."))
        func anEngineKilledByTheKernelForMemoryFailsNoRequest() async throws {
            let group = try MemoryGroup()
            try await withHealthyServer { server, client in
                // Memory is charged to the group in which it was allocated, so the killed engine must be one started in
                // the group.
                let first = try #require(server.engines.first)
                try group.add(server.process.pid)
                kill(first, SIGKILL)
                let engine = try await untilFound("the next engine") { server.engines.first { $0 != first } }
                let requests = try await client.crowd(sizes, at: "whisper") { stopped in
                    #expect(stopped == engine)
                    try await group.close()
                }
                try await eventually("the kernel has killed") { try group.kills() > 0 }
                try group.open()
                for (request, text) in requests { #expect(try await request.value.body == text) }
                #expect(!server.engines.contains(engine))
                // The first engine, and those that the kernel killed: also a next one, if it began before the group was opened.
                let deaths = try group.kills() + 1
                func told() -> Int { server.process.standardError.matches(of: /signal 9.*The engine ended/).count }
                try await eventually("the deaths are in the log") { told() >= deaths }
                #expect(told() == deaths)
            }
        }

        /// The limit of a busy engine is lowered below its current use, so that it gets no more memory.
        @Test func anEngineAtItsMemoryLimitFailsOnlyTheLargeRequest() async throws {
            try await withHealthyServer { server, client in
                let limited = try #require(server.engines.first)
                let requests = try await client.crowd(sizes, at: "whisper") { engine in
                    #expect(engine == limited)
                    let result = try await runToEnd("/usr/bin/prlimit", ["--pid", "\(engine)", "--data=\(1 << 20)"])
                    #expect(result.status == .exited(0), "\(result.error)")
                }
                var failed = 0
                for (request, text) in requests {
                    let answer = try await request.value
                    guard answer.body != text else { continue }
                    failed += 1
                    #expect(answer.status == 500)
                    #expect(["recognition_failed", "engine_crashed"].contains(try answer.error.code))
                }
                // It reached the limit: it ended, or a request failed.
                #expect(!server.engines.contains(limited) || failed > 0)
            }
        }

        @Test func enginesUseJemallocWhichAcceptsItsSettings() async throws {
            try await withServer(.init(TestRegistry([.transducer]))) { server in
                let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "transducer"])
                #expect(answer.status == 200, "\(answer.body)")
                let engine = try #require(server.engines.first)
                #expect(ProcessTable.pages(of: "/proc/\(engine)/maps").contains("/libjemalloc"))
                // The prefix of jemalloc's own messages.
                #expect(!server.process.standardError.contains("<jemalloc>"))
            }
        }

        /// Enough for the process, but not for the model.
        @Test(arguments: ["144M", "192M"])
        func aModelLargerThanTheMemoryLimitIsReported(memory: String) async throws {
            let setup = ServerProcess.Setup(TestRegistry([.starter]), ["--engine-memory", memory])
            try await withServer(setup) { server in
                let client = APIClient(server)
                let answer = try await client.transcribe("en_word_16k.wav", ["model": "moonshine-tiny-en"])
                try expectError(answer, 503, "model_failed", parameter: "model")
                #expect(try answer.error.message.contains("--engine-memory"), "\(answer.body)")
                #expect(try await client.get("/health").body == #"{"status": "loading"}"#)
            }
        }
    }
#endif
