#if os(Linux)
    import Foundation
    import Subprocess
    import TestSupport
    import Testing

    /// Servers with few open files or threads.
    @Suite(.serialized)
    struct ShortageTests {
        private func setup(_ launcher: [String]) -> ServerProcess.Setup {
            var setup = ServerProcess.Setup(TestRegistry([.senseVoice]), ["--num-threads", "2"])
            setup.launcher = launcher
            return setup
        }

        private static func withOpenFiles(_ limit: Int) -> [String] {
            ["/bin/sh", "-c", #"ulimit -n \#(limit) && exec "$@""#, "sh"]
        }

        /// Runs as a user without other processes, because the limit counts all processes of a user.
        private static func withProcesses(_ limit: Int) -> [String] {
            let user = ["/usr/bin/setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"]
            return user + ["/usr/bin/prlimit", "--nproc=\(limit)"]
        }

        private static func canBeAnotherUser() async -> Bool {
            let command = withProcesses(1000) + [ServerProcess.path(of: "asr2clip-serve"), "--version"]
            let end = try? await runToEnd(command[0], Array(command.dropFirst()))
            return end?.status == .exited(0)
        }

        /// Sends many requests at once; each gets a response, or its connection is refused.
        private func crowd(_ client: APIClient) async throws -> [Answer] {
            try await withThrowingTaskGroup(of: Answer?.self) { group in
                for _ in 0..<24 {
                    group.addTask { try? await client.transcribe("en_word_16k.wav", ["model": "sense_voice"]) }
                }
                return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
            }
        }

        private func expectFailuresForNow(_ answers: [Answer]) throws {
            for answer in answers where answer.status != 200 {
                #expect([429, 503].contains(answer.status), "\(answer)")
                #expect(answer.headers["retry-after"] != nil, "\(answer)")
            }
        }

        /// Enough for one engine and a connection or two.
        @Test(arguments: [40, 48])
        func fewOpenFilesSufficeForSequentialRequests(limit: Int) async throws {
            try await withServer(setup(Self.withOpenFiles(limit))) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                try await eventually("the warning is there") {
                    server.process.standardError.contains("warning asr2clip: connections=1 open_files=\(limit)")
                }
                for _ in 0..<5 { try expectFailuresForNow(try await crowd(client)) }
                try await eventually("a request is answered") {
                    try await client.transcribe("en_word_16k.wav", ["model": "sense_voice"]).body
                        == #"{"text": "stop"}"#
                }
                try await eventually("the only connection is free, and all is well") {
                    try await client.get("/health").body == #"{"status": "ok"}"#
                }
                #expect(!server.process.standardError.contains("The engine ended"))
            }
        }

        /// No engine can be started, which is the fault neither of the model nor of the clients.
        @Test func tooFewOpenFilesForAnEngineAreATemporaryError() async throws {
            try await withServer(setup(Self.withOpenFiles(24))) { server in
                let client = APIClient(server)
                try await eventually("the warning is there") {
                    server.process.standardError.contains("open_files=24 [CommandLineTool] There are so few open files")
                }
                for _ in 0..<2 { try expectFailuresForNow(try await crowd(client)) }
                let answer = try await untilFound("a connection") {
                    let answer = try? await client.transcribe("en_word_16k.wav", ["model": "sense_voice"])
                    return answer?.body.contains("max-connections") == true ? nil : answer
                }
                try expectError(answer, 503, "server_overloaded")
                #expect(try await client.get("/health").body == #"{"status": "loading"}"#)
                #expect(try await client.get("/health/ready").status == 503)
                #expect(try await server.stop(by: SIGTERM) == .exited(0))
            }
        }

        @Test(.enabled("A limit on processes takes another user.") { await canBeAnotherUser() }, arguments: [4, 20])
        func withoutThreadsTheServerExitsWithAMessage(limit: Int) async throws {
            let folder = try ServerFolder()
            let registry = try folder.write(TestRegistry([.paraformer]))
            for executable in ["asr2clip-serve", "asr2clip"] {
                let command = Self.withProcesses(limit) + [ServerProcess.path(of: executable), "--config", registry]
                let result = try await runToEnd(
                    command[0], command.dropFirst() + (executable == "asr2clip" ? ["--serve"] : []),
                    environment: folder.environment)
                #expect(result.status == .exited(1), "\(result)")
                #expect(result.error.contains("The system lets this process start too few threads"), "\(result)")
                #expect(result.error.split(separator: "\n").count == 1, "\(result)")
            }
        }
    }
#endif
