import Foundation
import Synchronization
import TestSupport
import Testing

/// Many clients that change models at the same time, while somebody edits models.yaml.
@Suite(.serialized)
struct ManyModelChangesTests {
    private static let hands = 10
    private static let stop = #"{"text": "stop"}"#

    /// Edits models.yaml, by writing in place and by renaming, until the body has ended.
    private func whileEditing<R: Sendable>(
        _ server: ServerProcess, _ body: () async throws -> R
    ) async throws -> R {
        let isOver = Mutex(false)
        async let edits = Self.edit(in: server.folder.path) { isOver.withLock { $0 } }
        let result: Result<R, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        isOver.withLock { $0 = true }
        let count = try await edits
        let text = try String(contentsOfFile: server.folder.path + "/models.yaml", encoding: .utf8)
        #expect(text.hasPrefix("# edit \(count)\n"), "the last edit is there")
        return try result.get()
    }

    /// Changes the first line again and again, and returns how often. It takes the lock that asr2clip takes: otherwise it
    /// could save what it read before an addition over that, as an editor can.
    private static func edit(in folder: String, until isOver: @Sendable () -> Bool) async throws -> Int {
        let file = URL(filePath: folder + "/models.yaml")
        var count = 0
        repeat {
            try await Task.sleep(for: .milliseconds(20))
            let lock = open(folder, O_RDONLY | O_DIRECTORY)
            try await eventually("the lock is free") { flock(lock, LOCK_EX | LOCK_NB) == 0 }
            defer { close(lock) }
            count += 1
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            let text = (["# edit \(count)"] + lines.drop { $0.hasPrefix("# edit") }).joined(separator: "\n")
            try Data(text.utf8).write(to: file, options: count.isMultiple(of: 2) ? .atomic : [])
        } while !isOver()
        return count
    }

    @Test func tenClientsChangeTheSameModelsInEveryWay() async throws {
        try await withDownload { model, _ in
            let setup = ServerProcess.Setup(TestRegistry([.paraformer, .whisper, model]), ServerKey.arguments)
            try await withServer(setup) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                let answers = try await whileEditing(server) {
                    try await withThrowingTaskGroup(of: [Answer].self) { group in
                        for hand in 0..<Self.hands {
                            group.addTask { try await Self.changes(by: hand, client) }
                        }
                        return try await group.reduce(into: []) { $0 += $1 }
                    }
                }
                #expect(answers.count == Self.hands * 15)
                for answer in answers where ![200, 202].contains(answer.status) {
                    let expected: [(UInt, String)] = [
                        // Nothing to delete, or not ours; deleted by another hand; being downloaded by another.
                        (400, "invalid_value"), (503, "model_failed"), (503, "model_not_ready"),
                    ]
                    let code = try answer.error.code
                    #expect(expected.contains { $0 == (answer.status, code) }, "\(answer.body)")
                }
                for name in ["paraformer", "whisper", "fetched"] {
                    let file = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
                    try await eventually("\(name) serves") {
                        try await client.transcribe(file, ["model": name], headers: ServerKey.headers).body == Self.stop
                    }
                }
                let engines = server.engines
                #expect(engines.count == 3)
                #expect(!server.process.standardError.contains("The engine ended."))
                #expect(try await server.stop(by: SIGTERM) == .exited(0))
            }
        }
    }

    /// Fifteen changes in an order of this hand's own.
    private static func changes(by hand: Int, _ client: APIClient) async throws -> [Answer] {
        var chance = SeededGenerator(seed: UInt64(hand))
        var answers: [Answer] = []
        for _ in 0..<15 {
            let model = ["whisper", "fetched", "fetched", "paraformer"].randomElement(using: &chance) ?? "fetched"
            let action = ["pull", "load", "unload", "add", "delete"].randomElement(using: &chance) ?? "pull"
            let answer =
                action == "delete"
                ? try await client.delete(model, headers: ServerKey.headers)
                : try await client.change(model, action, headers: ServerKey.headers)
            answers.append(answer)
        }
        return answers
    }

    /// Ten clients add three models. Downloads come one at a time, and each addition waits for those before it and for the
    /// editor, so a client asks again until its model is added.
    @Test func tenClientsAddModels() async throws {
        try await CatalogueMirror.run { file in
            file.release()
            let setup = ServerProcess.Setup(
                TestRegistry([.paraformer]), ServerKey.arguments, environment: ["ASR2CLIP_MODEL_MIRROR": file.server])
            try await withServer(setup) { server in
                let client = APIClient(server)
                let added = try await whileEditing(server) {
                    try await withThrowingTaskGroup(of: String.self) { group in
                        for hand in 0..<Self.hands {
                            let name = CatalogueMirror.names[hand % CatalogueMirror.names.count]
                            group.addTask { try await Self.add(name, client) }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                }
                #expect(Set(added) == Set(CatalogueMirror.names))
                let text = try String(contentsOfFile: server.folder.path + "/models.yaml", encoding: .utf8)
                for name in CatalogueMirror.names {
                    #expect(text.matches(of: try Regex("(?m)^  \(name):$")).count == 1, "\(text)")
                    try await client.waitUntil(name, is: "unloaded", headers: ServerKey.headers)
                    let file = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
                    let answer = try await client.transcribe(file, ["model": name], headers: ServerKey.headers)
                    #expect(answer.body == Self.stop)
                }
                #expect(file.requests == CatalogueMirror.names.count)
            }
        }
    }

    /// Adds a model, and checks that it is registered as soon as the server says so.
    private static func add(_ name: String, _ client: APIClient) async throws -> String {
        let answer = try await untilFound("\(name) is added") {
            let answer = try await client.change(name, "add", headers: ServerKey.headers)
            let isForNow =
                try answer.status == 409 && answer.error.code == "download_running"
                || answer.status == 503 && answer.error.code == "registry_busy"
            return isForNow ? nil : answer
        }
        #expect(answer.status == 202, "\(answer.body)")
        #expect(try await client.model(name, headers: ServerKey.headers).id == name)
        return name
    }
}
