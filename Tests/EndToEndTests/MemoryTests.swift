#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    /// Engines that run out of memory, under sixteen requests.
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

        /// Sends recordings of different lengths at once, longer than the model hears whole: a detector for each that is cut
        /// takes more memory than loading has left over.
        private func sixteenAnswers(
            from client: APIClient, while action: @escaping @Sendable () async throws -> Void
        ) async throws -> [(answer: Answer, expected: String)] {
            try await withThrowingTaskGroup(of: (Answer, String)?.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        let phrases = try Phrases(12 + index % 4)
                        return (try await client.transcribe(phrases.file, ["model": "whisper"]), phrases.text)
                    }
                }
                group.addTask {
                    try await action()
                    return nil
                }
                return try await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
            }
        }

        @Test(.enabled(if: MemoryGroup.isAvailable, "No control group can be made here that bounds memory."))
        func anEngineThatTheKernelKillsForMemoryCostsNobodyAnAnswer() async throws {
            try await withHealthyServer { server, client in
                let group = try MemoryGroup()
                // What it has counts where it was: the engine that is killed has to be one from inside the group.
                let first = try #require(server.engines.first)
                try group.add(server.process.pid)
                kill(first, SIGKILL)
                let engine = try await untilFound("the next engine") { server.engines.first { $0 != first } }
                try await eventually("the model is loaded again") {
                    try await client.get("/v1/models/whisper").body.contains(#""status": "loaded""#)
                }
                let answers = try await sixteenAnswers(from: client) {
                    // To cut recordings takes more than to be loaded.
                    try await eventually("the kernel has killed") {
                        group.close()
                        return try group.kills() > 0
                    }
                    try group.open()
                }
                #expect(answers.count == 16)
                for (answer, expected) in answers { #expect(answer.body == #"{"text": "\#(expected)"}"#) }
                #expect(!server.engines.contains(engine))
                #expect(try group.kills() == 1)
                #expect(server.process.standardError.matches(of: /signal 9.*The engine ended/).count == 2)
            }
        }

        /// The limit is lowered on an engine at work, below what it has: nothing more is granted.
        @Test func anEngineThatMeetsItsLimitFailsNobodyButWhoNeedsMore() async throws {
            try await withHealthyServer { server, client in
                let engine = try #require(server.engines.first)
                let answers = try await sixteenAnswers(from: client) {
                    _ = try await server.busyEngine(of: "whisper")
                    let result = try await runToEnd("/usr/bin/prlimit", ["--pid", "\(engine)", "--data=\(1 << 20)"])
                    #expect(result.status == .exited(0), "\(result.error)")
                }
                #expect(answers.count == 16)
                for (answer, expected) in answers where answer.body != #"{"text": "\#(expected)"}"# {
                    #expect(answer.status == 500)
                    #expect(["recognition_failed", "engine_crashed"].contains(try answer.error.code))
                }
                // It met the limit: it ended, or somebody was told.
                #expect(!server.engines.contains(engine) || answers.contains { $0.answer.status == 500 })
            }
        }

        @Test func aModelThatNeedsMoreThanItsEngineMayHaveSaysSo() async throws {
            let setup = ServerProcess.Setup(TestRegistry([.starter]), ["--engine-memory", "32M"])
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
