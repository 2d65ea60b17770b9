import Foundation
import TestSupport
import Testing

/// Models of the catalogue that are added by request.
@Suite(.serialized)
struct ModelAdditionTests {
    private static let name = CatalogueMirror.name
    private static let key = ServerKey.headers

    private struct Catalogue: Decodable {
        struct Entry: Decodable {
            var id: String
            var languages: [String]
            var registered: Bool
            var registeredAs: String?
            var status: String?
        }
        struct Recommendation: Decodable {
            var id: String
            var machine: String
        }
        var data: [Entry]
        var recommendations: [Recommendation]

        init(_ answer: Answer) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Self.self, from: Data(answer.body.utf8))
        }
    }

    private func withMirroredServer(
        _ body: (ServerProcess, APIClient, HeldFile) async throws -> Void
    ) async throws {
        try await CatalogueMirror.run { file in
            let setup = ServerProcess.Setup(
                TestRegistry([.paraformer], aliases: ["taken": "paraformer"]), ServerKey.arguments,
                environment: ["ASR2CLIP_MODEL_MIRROR": file.server])
            try await withServer(setup) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                try await body(server, client, file)
            }
        }
    }

    private func registry(_ server: ServerProcess) throws -> String {
        try String(contentsOfFile: server.folder.path + "/models.yaml", encoding: .utf8)
    }

    @Test func anAddedModelIsInForceWhenTheResponseArrives() async throws {
        try await withMirroredServer { server, client, file in
            let before = try registry(server)
            let unknown = try await client.change(Self.name, "pull", headers: Self.key)
            try expectError(unknown, 404, "model_not_found", parameter: "model")
            #expect(try unknown.error.message.contains(#"send {"action": "add"}"#))

            let added = try await client.change(Self.name, "add", headers: Self.key)
            #expect(added.status == 202)
            #expect(try (added.model.id, added.model.status) == (Self.name, "downloading"))
            let after = try registry(server)
            #expect(after.hasPrefix(before) && after.contains("  \(Self.name):\n"))
            let again = try await client.change(Self.name, "add", headers: Self.key)
            #expect(try (again.status, again.model.status) == (202, "downloading"))
            #expect(try registry(server) == after)
            file.release()
            try await client.waitUntil(Self.name, is: "unloaded", headers: Self.key)
            let answer = try await client.transcribe(
                try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav")), ["model": Self.name],
                headers: Self.key)
            #expect(answer.body == #"{"text": "stop"}"#)
            #expect(file.requests == 1)
        }
    }

    @Test func theCatalogueTellsWhatIsRegistered() async throws {
        try await withMirroredServer { server, client, file in
            func catalogue(_ query: String = "") async throws -> Catalogue {
                try Catalogue(try await client.send("GET", "/v1/catalogue" + query, headers: Self.key))
            }
            let all = try await catalogue()
            #expect(all.data.contains { $0.id == Self.name })
            #expect(all.data.allSatisfy { !$0.registered && $0.registeredAs == nil && $0.status == nil })
            #expect(Set(all.recommendations.map(\.machine)) == ["slow", "fast"])
            #expect(all.recommendations.allSatisfy { choice in all.data.contains { $0.id == choice.id } })

            let german = try await catalogue("?language=German").data
            #expect(!german.isEmpty && german.count < all.data.count)
            #expect(german.allSatisfy { $0.languages.contains("de") })
            #expect(try await catalogue("?language=de").data.map(\.id) == german.map(\.id))
            let words = try await catalogue("?q=whisper%20tiny").data.map(\.id)
            #expect(words.contains("whisper-tiny") && words.allSatisfy { $0.contains("tiny") })
            #expect(try await catalogue("?q=whisper+tiny").data.map(\.id) == words)
            #expect(try await catalogue("?q=xyzzy").data.isEmpty)
            let wrong = try await client.send("GET", "/v1/catalogue?language=klingon", headers: Self.key)
            try expectError(wrong, 400, "invalid_value", parameter: "language")

            #expect(try await client.change(Self.name, "add", headers: Self.key).status == 202)
            let entry = try await catalogue("?q=\(Self.name)").data.first
            #expect(entry?.registered == true)
            #expect((entry?.registeredAs, entry?.status) == (Self.name, "downloading"))
            file.release()
        }
    }

    @Test func aNameThatIsTakenOrUnknownIsNotAdded() async throws {
        try await withMirroredServer { server, client, file in
            let before = try registry(server)
            let alias = try await client.change("taken", "add", headers: Self.key)
            try expectError(alias, 400, "invalid_value", parameter: "model")
            let unknown = try await client.change("nobody", "add", headers: Self.key)
            try expectError(unknown, 404, "model_not_found", parameter: "model")
            #expect(try unknown.error.message.contains("GET /v1/catalogue"))
            #expect(try registry(server) == before)
            #expect(file.requests == 0)
        }
    }

    @Test func nothingIsAddedWhileAnotherModelIsDownloaded() async throws {
        try await withMirroredServer { server, client, file in
            #expect(try await client.change(Self.name, "add", headers: Self.key).status == 202)
            let before = try registry(server)
            let refused = try await client.change("sense-voice-cantonese", "add", headers: Self.key)
            try expectError(refused, 409, "download_running", parameter: "model")
            #expect(try registry(server) == before)
            file.release()
        }
    }

    @Test func whatIsRefusedIsNotAddedIfSeveralAreAddedAtOnce() async throws {
        try await withMirroredServer { server, client, file in
            let accepted = try await withThrowingTaskGroup(of: String?.self) { group in
                for name in CatalogueMirror.names + CatalogueMirror.names {
                    group.addTask {
                        let answer = try await client.change(name, "add", headers: Self.key)
                        if answer.status == 202 { return name }
                        try expectError(answer, 409, "download_running", parameter: "model")
                        return nil
                    }
                }
                return try await group.reduce(into: Set<String>()) { names, name in if let name { names.insert(name) } }
            }
            #expect(accepted.count == 1)
            let text = try registry(server)
            let added = CatalogueMirror.names.filter { text.contains("  \($0):\n") }
            #expect(Set(added) == accepted)
            file.release()
        }
    }

    /// A program has models.yaml open for writing, so the addition waits.
    @Test func anAdditionThatWaitsFailsAtShutdown() async throws {
        try await withMirroredServer { server, client, file in
            let before = try registry(server)
            let writer = open(server.folder.path + "/models.yaml", O_WRONLY)
            defer { close(writer) }
            async let answer = client.change(Self.name, "add", headers: Self.key)
            let folder = open(server.folder.path, O_RDONLY | O_DIRECTORY)
            defer { close(folder) }
            try await eventually("the addition has the lock") {
                guard flock(folder, LOCK_EX | LOCK_NB) == 0 else { return true }
                flock(folder, LOCK_UN)
                return false
            }
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
            try expectError(try await answer, 503, "shutting_down")
            #expect(try registry(server) == before)
        }
    }

    @Test func aReadOnlyRegistryIsNotChanged() async throws {
        try await withMirroredServer { server, client, file in
            let path = server.folder.path + "/models.yaml"
            chmod(path, 0o444)
            let before = try registry(server)
            let refused = try await client.change(Self.name, "add", headers: Self.key)
            try expectError(refused, 409, "registry_read_only")
            #expect(refused.headers["x-should-retry"] == "false")
            #expect(try refused.error.message.contains("models.yaml is read-only"))
            #expect(try !refused.error.message.contains(server.folder.path), "\(refused.body)")
            #expect(try registry(server) == before)
            #expect(file.requests == 0)
        }
    }

    @Test func aMistakeInTheRegistryIsReportedAndNothingIsAdded() async throws {
        try await withMirroredServer { server, client, file in
            let mistaken = try registry(server) + "  odd: {type: sense_voicer}\n"
            try Data(mistaken.utf8).write(to: URL(filePath: server.folder.path + "/models.yaml"))
            let refused = try await client.change(Self.name, "add", headers: Self.key)
            try expectError(refused, 409, "registry_invalid")
            #expect(try refused.error.message.contains("models.yaml:"), "\(refused.body)")
            #expect(try refused.error.message.contains("sense_voicer"), "\(refused.body)")
            #expect(try !refused.error.message.contains(server.folder.path), "\(refused.body)")
            #expect(try registry(server) == mistaken)
        }
    }

    /// The edit would be noticed later anyway; the addition applies both.
    @Test func anEditThatHasJustBeenSavedIsKept() async throws {
        try await withMirroredServer { server, client, file in
            file.release()
            let edited = try registry(server).replacing("taken:", with: "other:")
            try Data(edited.utf8).write(to: URL(filePath: server.folder.path + "/models.yaml"))
            #expect(try await client.change(Self.name, "add", headers: Self.key).status == 202)
            #expect(try registry(server).hasPrefix(edited))
            #expect(try await client.model("other", headers: Self.key).id == "other")
        }
    }

    @Test func theServerStopsDuringAnAddition() async throws {
        try await withMirroredServer { server, client, file in
            #expect(try await client.change(Self.name, "add", headers: Self.key).status == 202)
            let status = try await server.stop(by: SIGTERM)
            #expect(status == .exited(0))
            let text = try registry(server)
            #expect(text.contains("  \(Self.name):\n"))
            #expect(!server.process.standardError.contains(" error "))
            #expect(file.requests == 1)
        }
    }
}
