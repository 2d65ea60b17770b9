import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import APIServer

/// The names by which clients can request a model.
struct ModelNameTests {
    private struct Model: Decodable {
        var id: String
        var aliasOf: String?

        private enum CodingKeys: String, CodingKey {
            case id
            case aliasOf = "alias_of"
        }
    }

    @Test(arguments: [
        ("a%2Fb", "a/b"), ("%41%62", "Ab"), ("caf%C3%a9", "café"), ("a b+é", "a b+é"), ("", ""), ("100%", nil),
        ("%4", nil), ("%+1", nil), ("%zz", nil), ("%C3", nil), ("%FF", nil),
    ])
    func aNameInAnAddressIsDecoded(text: String, name: String?) {
        #expect(text.percentDecoded == name ?? text)
        #expect(text.removingPercentEncoding == name)
    }

    private static func model(
        _ name: String, in registry: TestRegistry, method: HTTPRequest.Method = .get
    ) async throws -> (status: HTTPResponse.Status, body: Data) {
        try await RouterUnderTest(registry, settings: ServerSettings(apiKeys: [APIKey("k")])).test { client in
            try await client.execute(
                uri: "/v1/models/\(name)", method: method, headers: [.authorization: "Bearer k"]
            ) { ($0.status, Data($0.body.readableBytesView)) }
        }
    }

    @Test(arguments: [
        "whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
        "gpt-4o-transcribe-diarize", "gpt-realtime-whisper", "gpt-4o-mini-transcribe-2025-12-15",
    ])
    func openAIModelNamesMeanTheDefaultModel(name: String) async throws {
        let (status, body) = try await Self.model(name, in: TestRegistry([.whisper, .paraformer]))
        #expect(status == .ok)
        let model = try JSONDecoder().decode(Model.self, from: body)
        #expect((model.id, model.aliasOf) == (name, "whisper"))
    }

    @Test func theRegistryOverridesBuiltInNames() async throws {
        let named = TestRegistry([.whisper, .paraformer.named("whisper-1")])
        let entry = try JSONDecoder().decode(Model.self, from: await Self.model("whisper-1", in: named).body)
        #expect((entry.id, entry.aliasOf) == ("whisper-1", nil))
        let aliased = TestRegistry([.whisper, .paraformer], aliases: ["whisper-1": "paraformer"])
        let alias = try JSONDecoder().decode(Model.self, from: await Self.model("whisper-1", in: aliased).body)
        #expect((alias.id, alias.aliasOf) == ("whisper-1", "paraformer"))
        let mistaken = TestRegistry([.whisper], aliases: ["whisper-1": "nobody"])
        #expect(try await Self.model("whisper-1", in: mistaken).status == .serviceUnavailable)
    }

    @Test func otherNamesAreNotFound() async throws {
        #expect(try await Self.model("whisper-2", in: TestRegistry([.whisper])).status == .notFound)
    }

    @Test func builtInNamesNeedADefaultModel() async throws {
        var registry = TestRegistry([.whisper])
        registry.defaultModel = nil
        #expect(try await Self.model("whisper-1", in: registry).status == .notFound)
    }

    @Test func aliasesAreListedAndBuiltInNamesAreNot() async throws {
        let registry = TestRegistry([.whisper, .paraformer], aliases: ["w": "whisper", "a": "paraformer"])
        struct List: Decodable { var data: [Model] }
        let body = try await RouterUnderTest(registry).test { client in
            try await client.execute(uri: "/v1/models", method: .get) { Data($0.body.readableBytesView) }
        }
        let models = try JSONDecoder().decode(List.self, from: body).data
        #expect(models.map(\.id) == ["whisper", "paraformer", "a", "w"])
        #expect(models.map(\.aliasOf) == [nil, nil, "paraformer", "whisper"])
    }

    @Test func aModelIsShownWithItsKeysInOrder() async throws {
        let registry = TestRegistry([.whisper], aliases: ["w": "whisper"])
        let text = String(decoding: try await Self.model("w", in: registry).body, as: UTF8.self)
        let keys = text.matches(of: #/"([a-z_]+)":/#).map { String($0.1) }
        #expect(
            keys == [
                "id", "object", "created", "owned_by", "alias_of", "type", "languages", "status", "default",
                "capabilities", "aliases", "size_bytes",
            ])
        #expect(text.hasPrefix(#"{"id": "w", "object": "model", "created": "#), "\(text)")
    }

    @Test(arguments: ["w", "gpt-4o-transcribe"]) func anotherNameDeletesNothing(name: String) async throws {
        let registry = TestRegistry([.whisper], aliases: ["w": "whisper"])
        let (status, body) = try await Self.model(name, in: registry, method: .delete)
        #expect(status == .badRequest)
        #expect(String(decoding: body, as: UTF8.self).contains("'whisper'"))
    }
}
