import Foundation
import Synchronization
import TestSupport
import Testing

/// A registry that is edited during requests.
@Suite(.serialized)
struct ReloadTests {
    private static let stop = #"{"text": "stop"}"#

    private func withEditable(
        _ models: [TestRegistry.Model], defaultModel: String? = nil,
        _ body: (ServerProcess, APIClient) async throws -> Void
    ) async throws {
        try await withServer(.init(TestRegistry(models, defaultModel: defaultModel))) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            try await body(server, client)
        }
    }

    private func names(_ client: APIClient) async throws -> [String] {
        try await client.get("/v1/models").body.matches(of: /"id": "([^"]*)"/).map { String($0.1) }
    }

    private func edit(
        _ server: ServerProcess, _ client: APIClient, to models: [TestRegistry.Model], defaultModel: String? = nil
    ) async throws {
        _ = try server.folder.write(TestRegistry(models, defaultModel: defaultModel))
        try await eventually("the models are \(models.map(\.name))") { try await names(client) == models.map(\.name) }
    }

    @Test func anAddedModelAppearsAndARemovedOneEnds() async throws {
        try await withEditable([.paraformer, .whisper]) { server, client in
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body == Self.stop)
            #expect(server.engines.count == 2)

            try await edit(server, client, to: [.paraformer, .senseVoice])
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "sense_voice"]).body == Self.stop)
            let answer = try await client.transcribe("en_word_16k.wav", ["model": "whisper"])
            try expectError(answer, 404, "model_not_found", parameter: "model")
            try await eventually("the engine of the removed model ends") { server.engines.count == 2 }
            #expect(server.process.standardError.contains("The engine ended") == false)
        }
    }

    /// The long request starts and ends with Whisper; the short one uses the edited entry.
    @Test func aChangedModelIsReloadedAfterItsRunningRequests() async throws {
        try await withEditable([.paraformer, .whisper.named("hear")]) { server, client in
            let phrases = try Phrases(40)
            let events = try await client.stream(phrases.file, ["model": "hear", "stream": "true"]) { events in
                let first = try #require(try await events.next())
                _ = try server.folder.write(TestRegistry([.paraformer, .transducer.named("hear")]))
                try await eventually("the entry is another one") {
                    try await client.get("/v1/models/hear").body.contains(#""type": "transducer""#)
                }
                #expect(
                    try await client.transcribe("en_word_16k.wav", ["model": "hear"]).body == #"{"text": "STOP"}"#)
                #expect(
                    try await client.get("/v1/ps").body.contains(#""requests": 1, "idle_since": null, "ending": true"#))
                return [first] + (try await events.rest())
            }
            #expect(events.deltas == phrases.text)
            #expect(events.last == .finished)
            try await eventually("the old engine ends") {
                try await client.get("/v1/ps").body.contains(#""ending": true"#) == false
            }
            #expect(server.engines.count == 2)
        }
    }

    /// Five clients send requests all the time and check each response, while the entry changes repeatedly.
    @Test func noRequestIsLostWhileTheRegistryIsReloaded() async throws {
        try await withEditable([.paraformer, .senseVoice.named("hear")]) { server, client in
            let edits = [TestRegistry.Model.whisper, .paraformer, .senseVoice, .transducer, .whisper]
            let isOver = Flag()
            let answers = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        var texts: [String] = []
                        while !isOver.value.load(ordering: .relaxed) {
                            texts.append(try await client.transcribe("en_word_16k.wav", ["model": "hear"]).body)
                        }
                        return texts
                    }
                }
                for model in edits {
                    _ = try server.folder.write(TestRegistry([.paraformer, model.named("hear")]))
                    server.process.signal(SIGHUP)
                    try await eventually("the entry is \(model.type)") {
                        try await client.get("/v1/models/hear").body.contains(#""type": "\#(model.type)""#)
                    }
                }
                isOver.value.store(true, ordering: .relaxed)
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(answers.count >= 5)
            #expect(answers.filter { $0.lowercased() != Self.stop } == [])
            try await eventually("only the engines in force are left") { server.engines.count == 2 }
        }
    }

    @Test func aBrokenEditChangesNothingAndIsReportedWithItsLine() async throws {
        try await withEditable([.paraformer, .whisper]) { server, client in
            var odd = TestRegistry.Model.whisper
            odd.type = "whisperer"
            let path = try server.folder.write(TestRegistry([.senseVoice, odd]))
            let line =
                try #require(
                    String(contentsOfFile: path, encoding: .utf8).split(
                        separator: "\n", omittingEmptySubsequences: false
                    )
                    .firstIndex { $0.contains("whisperer") }) + 1
            try await eventually("the mistake is reported") {
                server.process.standardError.contains("The models stay as they are. \(path):\(line): ")
            }
            #expect(try await names(client) == ["paraformer", "whisper"])
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body == Self.stop)

            try Data("models: [\n".utf8).write(to: URL(filePath: path))
            try await eventually("broken YAML is reported") {
                server.process.standardError.contains("The models stay as they are. \(path):2: This is not YAML")
            }
            try FileManager.default.removeItem(atPath: path)
            try await eventually("a missing file is reported") {
                server.process.standardError.contains("there is no such file")
            }
            #expect(try await names(client) == ["paraformer", "whisper"])
            try await edit(server, client, to: [.senseVoice])
        }
    }

    @Test func anotherDefaultModelIsLoaded() async throws {
        try await withEditable([.paraformer, .whisper], defaultModel: "paraformer") { server, client in
            #expect(try await client.get("/v1/models/whisper").body.contains(#""status": "unloaded""#))
            _ = try server.folder.write(TestRegistry([.paraformer, .whisper], defaultModel: "whisper"))
            try await eventually("the new default model is loaded") {
                try await client.get("/v1/models/whisper").body.contains(#""status": "loaded""#)
            }
            try await eventually("health speaks of it") {
                try await client.get("/health").body == #"{"status": "ok"}"#
            }
        }
    }

    @Test func filesAddedByHandAreNoticedOnTheNextRequest() async throws {
        let workshop = try Workshop()
        let model = TestRegistry.Model.senseVoice.named("late", in: workshop.folder.file("late"))
        try await withEditable([.paraformer, model]) { _, client in
            let answer = try await client.transcribe("en_word_16k.wav", ["model": "late"])
            try expectError(answer, 503, "model_failed", parameter: "model")
            #expect(try await client.get("/v1/models/late").body.contains(#""status": "missing""#))
            _ = try workshop.copy(.senseVoice, as: "late")
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "late"]).body == Self.stop)
        }
    }

    /// Replaced files are loaded on the signal, not while they are being written.
    @Test func sighupReloadsModelsWithReplacedFiles() async throws {
        let workshop = try Workshop()
        let model = try workshop.copy(.senseVoice, as: "hear")
        try await withEditable([model]) { server, client in
            let engine = try #require(server.engines.first)
            let path = workshop.path("hear", "tokens.txt")
            let tokens = try String(contentsOfFile: path, encoding: .utf8)
            try Data(tokens.replacing("stop ", with: "halt ").utf8).write(to: URL(filePath: path))
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "hear"]).body == Self.stop)
            server.process.signal(SIGHUP)
            try await eventually("another engine serves") { server.engines != [] && !server.engines.contains(engine) }
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "hear"]).body != Self.stop)
        }
    }

    @Test func aServerWhoseTerminalIsClosedStops() async throws {
        let folder = try ServerFolder()
        let registry = try folder.write(TestRegistry([.paraformer]))
        let command = "exec \(ServerProcess.path(of: "asr2clip-serve")) --port 0 --config \(registry)"
        let server = try await withProcess(
            "/usr/bin/script", ["--quiet", "--return", "--command", command, "/dev/null"],
            environment: folder.environment
        ) { terminal in
            _ = try await terminal.output(after: "asr2clip is listening on http://127.0.0.1:")
            let servers = ProcessTable.children(of: terminal.pid)
            terminal.signal(SIGKILL)
            return servers
        }
        #expect(server.count == 1)
        try await eventually("the server stops") { server.allSatisfy { ProcessTable.work(of: $0) == nil } }
        #expect(folder.runs.isEmpty)
    }
}

private final class Flag: Sendable {
    let value = Atomic(false)
}
