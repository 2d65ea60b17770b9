import Foundation
import ModelFamilies
import TestSupport
import Testing

/// How servers end, and what they leave behind.
@Suite(.serialized)
struct ProcessTests {
    private let setup = ServerProcess.Setup(TestRegistry([.whisper, .paraformer]), ["--num-threads", "1"])

    @Test func aKilledServersEnginesEnd() async throws {
        let folder = try ServerFolder()
        try await withServer(setup, in: folder) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            _ = try await client.transcribe("en_word_16k.wav", ["model": "paraformer"])
            let engines = server.engines
            #expect(engines.count == 2)
            // One engine is idle, one is busy.
            let request = Task { try await client.transcribe(Phrases(40).file, ["model": "whisper"]) }
            try await eventually("the upload is there") { !server.folder.uploads.isEmpty }
            #if os(Linux)
                // So that they cannot end by themselves, but only by the signal for the death of their parent.
                for engine in engines { kill(engine, SIGSTOP) }
            #endif
            server.process.signal(SIGKILL)
            try await eventually("the engines end") {
                engines.allSatisfy { ProcessTable.work(of: $0) == nil }
            }
            #expect(try await server.process.exit() == .signaled(SIGKILL))
            #expect(await request.result.isFailure)
        }
        #expect(folder.uploads.count == 1)
        try await withServer(setup, in: folder) { _ in
            #expect(folder.uploads.isEmpty)
            #expect(folder.runs.count == 1)
        }
    }

    @Test func anEngineStartedByHandGivesAdvice() async throws {
        let result = try await runToEnd(ServerProcess.path(of: "asr2clip-engine"), ["recognise", "whisper"])
        #expect(result.status == .exited(64))
        #expect(result.error == "asr2clip-engine is started by asr2clip, and not by hand. Try: asr2clip serve\n")
    }

    @Test func allProgramsHaveTheSameVersion() async throws {
        var versions: [String] = []
        for program in ["asr2clip", "asr2clip-serve", "asr2clip-engine"] {
            versions.append(try await runToEnd(ServerProcess.path(of: program), ["--version"]).output)
        }
        #expect(Set(versions).count == 1 && versions[0].count > 4)
    }

    /// sherpa-onnx uses the program's sine function, which it calls very often, instead of the C library's.
    @Test func theEngineExportsItsSincosFunction() async throws {
        let path = ServerProcess.path(of: "asr2clip-engine")
        let result = try await runToEnd("/usr/bin/nm", ["--dynamic", "--defined-only", path])
        #expect(result.output.split(separator: "\n").contains { $0.hasSuffix(" sincos") })
    }

    @Test func theNextServerRemovesAKilledOnesFolder() async throws {
        let folder = try ServerFolder()
        let left = try await withServer(setup, in: folder) { server in
            _ = try await server.stop(by: SIGKILL)
            return folder.runs
        }
        #expect(left.count == 1)
        try await withServer(setup, in: folder) { _ in
            #expect(folder.runs.count == 1)
            #expect(folder.runs != left)
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalEndsAnIdleServerWithoutLeftovers(signal: Int32) async throws {
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            let engines = server.engines
            #expect(try await server.stop(by: signal) == .exited(0))
            #expect(engines.allSatisfy { ProcessTable.work(of: $0) == nil })
            #expect(server.folder.runs.isEmpty)
        }
    }

    @Test func aHangingEngineEndsWithTheServer() async throws {
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            let engine = try #require(server.engines.first)
            kill(engine, SIGSTOP)
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
            #expect(ProcessTable.work(of: engine) == nil)
        }
    }

    @Test func aSignalWhileTheModelLoadsEndsTheServer() async throws {
        try await withServer(setup) { server in
            try await eventually("the engine starts") { !server.engines.isEmpty }
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
            #expect(ProcessTable.processes(mentioning: server.folder.path).isEmpty)
        }
    }

    @Test func shutdownCompletesRunningRequestsAndAcceptsNoNewOnes() async throws {
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let requests = try await client.whileStopped("whisper") { _ in
                let requests = try (1...8).map { size in
                    let phrases = try Phrases(size)
                    let fields: KeyValuePairs = ["model": "whisper", "response_format": "text"]
                    return (answer: Task { try await client.transcribe(phrases.file, fields) }, text: phrases.text)
                }
                try await client.waitUntilInHand(8, of: "whisper")
                server.process.signal(SIGTERM)
                try await eventually("nobody listens") { (try? await client.get("/health/live")) == nil }
                return requests
            }
            for (answer, text) in requests {
                #expect(try await answer.value.status == 200)
                #expect(try await answer.value.body == text)
            }
            let engines = server.engines
            #expect(try await server.process.exit() == .exited(0))
            #expect(engines.allSatisfy { ProcessTable.work(of: $0) == nil })
            #expect(server.folder.runs.isEmpty)
        }
    }

    @Test func aSecondSignalEndsTheServerAtOnce() async throws {
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let request = Task { try await client.transcribe(Phrases(150).file, ["model": "whisper"]) }
            let engine = try await server.busyEngine(of: "whisper")
            // So that the request does not end before the second signal.
            kill(engine, SIGSTOP)
            server.process.signal(SIGTERM)
            try await eventually("nobody listens") { (try? await client.get("/health/live")) == nil }
            server.process.signal(SIGTERM)
            #expect(try await server.process.exit() == .exited(128 + SIGTERM))
            #expect(await request.result.isFailure)
            try await eventually("the engine ends") { ProcessTable.work(of: engine) == nil }
            #expect(server.folder.runs.isEmpty)
        }
    }
}
