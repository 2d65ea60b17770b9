import Foundation
import TestSupport
import Testing

/// Who may change models by request.
@Suite(.serialized)
struct ModelChangeAccessTests {
    private static let actions = ["pull", "load", "unload", "add"]

    /// Each action, and DELETE, of a model.
    private func all(_ client: APIClient, _ model: String, headers: APIClient.Headers = []) async throws -> [Answer] {
        var answers: [Answer] = []
        for action in Self.actions { answers.append(try await client.change(model, action, headers: headers)) }
        return answers + [try await client.delete(model, headers: headers)]
    }

    @Test func withoutAKeyOfItsOwnAServerLetsClientsDoOnlyWhatATranscriptionDoes() async throws {
        try await withServer(.init(TestRegistry([.paraformer]))) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let answers = try await all(client, "paraformer")
            #expect(answers.map(\.status) == [202, 202, 401, 401, 401])
            for refused in answers.dropFirst(2) {
                try expectError(refused, 401, "invalid_api_key")
                #expect(try refused.error.message.contains("Start it with --api-key or --api-key-file."))
            }
            #expect(try await client.model("paraformer").status == "loaded")
        }
    }

    @Test func withKeysEveryChangeNeedsOne() async throws {
        try await withServer(.init(TestRegistry([.paraformer]), ServerKey.arguments)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            #expect(try await all(client, "paraformer").map(\.status) == [401, 401, 401, 401, 401])
            // The files of a fixture were not downloaded, so they are not deleted.
            #expect(
                try await all(client, "paraformer", headers: ServerKey.headers).map(\.status)
                    == [202, 202, 202, 202, 400])
        }
    }

    @Test(arguments: [[], ServerKey.arguments]) func changesCanBeTurnedOff(key: [String]) async throws {
        try await withServer(.init(TestRegistry([.paraformer, .whisper]), key + ["--no-model-changes"])) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let headers = key.isEmpty ? [] : ServerKey.headers
            for answer in try await all(client, "whisper", headers: headers) {
                try expectError(answer, 403, "model_changes_disabled")
                #expect(try answer.error.message.contains("--no-model-changes"))
            }
            let file = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
            let answer = try await client.transcribe(file, ["model": "whisper"], headers: headers)
            #expect(answer.body == #"{"text": "stop"}"#)
        }
    }

    @Test func aForeignWebPageChangesNothing() async throws {
        try await withServer(.init(TestRegistry([.paraformer, .whisper]))) { server in
            let client = APIClient(server)
            let answer = try await client.change("whisper", "load", headers: [("Origin", "https://evil.example")])
            try expectError(answer, 403, "origin_not_allowed")
            #expect(try await client.model("whisper").status == "unloaded")
        }
    }
}
