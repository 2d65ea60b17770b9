import Foundation
import TestSupport
import Testing

/// The endpoints about models and about the server itself.
@Suite(.serialized, .server(TestRegistry([.senseVoice, .whisper], aliases: ["whisper-1": "whisper"])))
struct ModelEndpointTests {
    private struct List: Decodable {
        var object: String
        var data: [Model]
    }

    private struct Model: Decodable, Equatable {
        var id: String
        var object: String
        var created: Int
        var ownedBy: String
        var type: String
        var languages: [String]
        var status: String
        var isDefault: Bool
        var capabilities: [String]
        var aliases: [String]
        var size: Int
        var aliasOf: String?

        private enum CodingKeys: String, CodingKey {
            case id, object, created, type, languages, status, capabilities, aliases
            case isDefault = "default"
            case ownedBy = "owned_by"
            case size = "size_bytes"
            case aliasOf = "alias_of"
        }
    }

    @Test func theListContainsEveryModel() async throws {
        let client = try APIClient.shared()
        try await client.waitUntilHealthy()
        let answer = try await client.get("/v1/models")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        let list: List = try answer.json()
        #expect(list.object == "list")
        #expect(list.data.map(\.id) == ["sense_voice", "whisper", "whisper-1"])
        #expect(list.data.allSatisfy { $0.object == "model" && $0.ownedBy == "local" && $0.created > 1_500_000_000 })
        #expect(list.data.first?.languages == ["zh", "en", "ja", "ko", "yue"])
        #expect(Set(["en", "zh", "yue"]).isSubset(of: list.data[1].languages))
        #expect(list.data.map(\.aliases) == [[], ["whisper-1"], ["whisper-1"]])
        #expect(list.data.map(\.aliasOf) == [nil, nil, "whisper"])
        #expect(list.data.map(\.size) == [652_869, 915_475, 915_475])
        #expect(list.data.first?.status == "loaded")
        #expect(list.data.map(\.isDefault) == [true, false, false])
        #expect(list.data[1].capabilities == ["translation"])
    }

    @Test(arguments: ["whisper", "whisper-1"])
    func oneModelIsShownByNameAndAlias(name: String) async throws {
        let client = try APIClient.shared()
        let answer = try await client.get("/v1/models/\(name)")
        let keys = answer.body.matches(of: /"([a-z_]+)":/).map { String($0.1) }
        #expect(
            keys.filter { $0 != "alias_of" }
                == [
                    "id", "object", "created", "owned_by", "type", "languages", "status", "default", "capabilities",
                    "aliases", "size_bytes",
                ])
        let model = try answer.json(Model.self)
        #expect(model.id == name)
        #expect(model.aliasOf == (name == "whisper" ? nil : "whisper"))
    }

    @Test func anAliasTranscribes() async throws {
        let client = try APIClient.shared()
        let answer = try await client.transcribe("en_digits_16k.wav", ["model": "whisper-1"])
        #expect(answer.body == #"{"text": "one two three four"}"#)
        #expect(try await client.get("/v1/models/whisper").json(Model.self).status == "loaded")
    }

    @Test func anUnknownModelIsNotFound() async throws {
        let answer = try await APIClient.shared().get("/v1/models/whisper-2")
        try expectError(answer, 404, "model_not_found", parameter: "model")
    }

    @Test func healthIsOKOnceTheDefaultModelIsLoaded() async throws {
        let client = try APIClient.shared()
        try await client.waitUntilHealthy()
        for path in ["/health", "/health/live", "/health/ready"] {
            let answer = try await client.get(path)
            #expect(answer.status == 200)
            #expect(answer.body == #"{"status": "ok"}"#)
        }
    }

    @Test(arguments: [
        ("/health", 200), ("/health/live", 200), ("/v1/models", 200), ("/v1/models/whisper", 200), ("/nothing", 404),
        ("/v1/models/nobody", 404), ("/v1/audio/transcriptions", 405),
    ])
    func headAnswersWithoutABody(path: String, status: Int) async throws {
        let answer = try await APIClient.shared().send("HEAD", path)
        #expect(answer.status == status)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.body.isEmpty)
    }
}
