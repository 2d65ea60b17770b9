import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import APIServer

/// Requests for changes of models, as far as they are refused before anything is done.
struct ModelActionTests {
    private struct ErrorBody: Decodable {
        struct Detail: Decodable {
            var message: String
            var param: String?
            var code: String
        }
        var error: Detail
    }

    private typealias Reply = (status: HTTPResponse.Status, headers: HTTPFields, body: Data)

    private static func post(
        _ body: String, to path: String = "/v1/models/whisper", type: String? = "application/json",
        more: HTTPFields = [:]
    ) async throws -> Reply {
        var headers: HTTPFields = [.authorization: "Bearer k"]
        headers[.contentType] = type
        headers.append(contentsOf: more)
        let registry = TestRegistry([.whisper, .paraformer.named("team/small model")], aliases: ["w": "whisper"])
        return try await RouterUnderTest(registry, settings: ServerSettings(apiKeys: [APIKey("k")])).test {
            [headers] client in
            try await client.execute(
                uri: path, method: .post, headers: headers, body: ByteBuffer(string: body)
            ) { ($0.status, $0.headers, Data($0.body.readableBytesView)) }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let body: String
        let code: String
        let parameter: String?
        /// A part of the message.
        let part: String
        var testDescription: String { String(body.prefix(40)) }
    }

    @Test(arguments: [
        Row(body: "", code: "missing_required_parameter", parameter: "action", part: #"Send {"action": "pull"}"#),
        Row(body: "{}", code: "missing_required_parameter", parameter: "action", part: "The body has no 'action'."),
        Row(body: #"{"action": null}"#, code: "missing_required_parameter", parameter: "action", part: "no 'action'"),
        Row(
            body: #"{"action": "sing"}"#, code: "invalid_value", parameter: "action",
            part: #"The action "sing" is none of pull, load, unload, add."#),
        Row(body: #"{"action": "PULL"}"#, code: "invalid_value", parameter: "action", part: #""PULL" is none of"#),
        Row(body: #"{"action": 5}"#, code: "invalid_value", parameter: "action", part: "The action 5 is none"),
        Row(body: #"{"action": ["pull"]}"#, code: "invalid_value", parameter: "action", part: #"["pull"] is none"#),
        Row(body: #"["pull"]"#, code: "invalid_value", parameter: "body", part: "The body is no JSON object."),
        Row(body: "action=pull", code: "invalid_value", parameter: "body", part: "The body is no JSON object."),
        Row(body: "{", code: "invalid_value", parameter: "body", part: "The body is no JSON object."),
        Row(
            body: String(repeating: #"{"action": "#, count: 300), code: "invalid_value", parameter: "body",
            part: "The body is no JSON object."),
    ])
    func aBodyWithoutAnActionIsRefused(row: Row) async throws {
        let reply = try await Self.post(row.body)
        #expect(reply.status == .badRequest)
        let error = try JSONDecoder().decode(ErrorBody.self, from: reply.body).error
        #expect((error.code, error.param) == (row.code, row.parameter))
        #expect(error.message.contains(row.part), "\(error.message)")
    }

    @Test func aLongBodyIsRefused() async throws {
        let reply = try await Self.post(#"{"action": "pull", "x": "\#(String(repeating: "x", count: 5000))"}"#)
        #expect(reply.status == .contentTooLarge)
        #expect(reply.headers[.connection] == "close")
    }

    @Test(arguments: [
        ("application/x-www-form-urlencoded", false), ("text/plain", false), ("application/jsonp", false),
        ("multipart/form-data; boundary=x", false), ("application/json", true),
        ("Application/JSON ; charset=utf-8", true), (nil, true),
    ])
    func theBodyMustBeSentAsJSON(type: String?, isTaken: Bool) async throws {
        let reply = try await Self.post(#"{"action": "pull"}"#, type: type)
        #expect(reply.status == (isTaken ? .accepted : .unsupportedMediaType))
        if !isTaken {
            let error = try JSONDecoder().decode(ErrorBody.self, from: reply.body).error
            #expect(error.code == "unsupported_media_type")
            #expect(error.message.contains("send JSON with Content-Type: application/json"))
        }
    }

    @Test func aCompressedBodyIsRefused() async throws {
        let reply = try await Self.post("x", more: [.contentEncoding: "gzip"])
        #expect(reply.status == .unsupportedMediaType)
    }

    @Test func unknownFieldsAreIgnoredAndNamed() async throws {
        let reply = try await Self.post(#"{"url": "http://evil.example/", "action": "pull", "sha256": "0"}"#)
        #expect(reply.status == .accepted)
        #expect(reply.headers[.ignoredFields] == "sha256, url")
    }

    @Test(arguments: [
        "/v1/models/team/small%20model", "/v1/models/team%2Fsmall%20model", "//v1/models/team//small%20model/",
    ])
    func aNameMayHaveSlashesAndEscapes(path: String) async throws {
        let reply = try await Self.post(#"{"action": "pull"}"#, to: path)
        #expect(reply.status == .accepted)
        #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix(#"{"id": "team/small model", "#))
    }

    @Test(arguments: ["w", "whisper-1"], ModelAction.allCases)
    func anotherNameChangesNothing(name: String, action: ModelAction) async throws {
        let reply = try await Self.post(#"{"action": "\#(action.rawValue)"}"#, to: "/v1/models/\(name)")
        let error = try JSONDecoder().decode(ErrorBody.self, from: reply.body).error
        // The catalogue, in which models to add are looked up, has no names of OpenAI's.
        let isUnknown = action == .add && name == "whisper-1"
        #expect(reply.status == (isUnknown ? .notFound : .badRequest))
        #expect(isUnknown || error.message.contains("Change that one by its own name."))
    }

    @Test(arguments: [
        "nobody", "http:%2F%2F127.0.0.1%2Fmodel.tar.gz", "..%2F..%2Fetc%2Fpasswd", "%00", "%FF", "a%0Ab", "",
    ])
    func onlyNamesThatAreRegisteredOrInTheCatalogueAreFound(name: String) async throws {
        for action in ModelAction.allCases {
            let reply = try await Self.post(#"{"action": "\#(action.rawValue)"}"#, to: "/v1/models/\(name)")
            #expect(reply.status == (name.isEmpty ? .methodNotAllowed : .notFound), "\(action)")
        }
    }

    @Test(arguments: [
        (["k"], true, "allowed"), ([], true, "key_required"), (["k"], false, "off"), ([], false, "off"),
    ])
    func theCatalogueTellsWhatClientsMayChange(keys: [String], allowsChanges: Bool, word: String) async throws {
        struct Catalogue: Decodable { var changes: String }
        var settings = ServerSettings()
        settings.apiKeys = keys.map(APIKey.init)
        settings.allowsModelChanges = allowsChanges
        try await RouterUnderTest(settings: settings).test { client in
            let headers: HTTPFields = [.authorization: "Bearer k", .contentType: "application/json"]
            let answer = try await client.execute(uri: "/v1/catalogue", method: .get, headers: headers)
            #expect(try JSONDecoder().decode(Catalogue.self, from: Data(buffer: answer.body)).changes == word)
            // The word is true: `add` is refused in the way that it announces, and otherwise only for its unknown name.
            let change = try await client.execute(
                uri: "/v1/models/nobody", method: .post, headers: headers,
                body: ByteBuffer(string: #"{"action": "add"}"#))
            let statuses: [String: HTTPResponse.Status] = [
                "allowed": .notFound, "key_required": .unauthorized, "off": .forbidden,
            ]
            #expect(change.status == statuses[word])
        }
    }

    @Test func otherMethodsAreRefusedWithThoseThatAreTaken() async throws {
        try await RouterUnderTest().test { client in
            for (path, allowed) in [
                ("/v1/models/whisper", "GET, POST, DELETE, HEAD"), ("/v1/models", "GET, HEAD"),
                ("/v1/catalogue", "GET, HEAD"),
            ] {
                let headers = try await client.execute(uri: path, method: .put) { reply in
                    #expect(reply.status == .methodNotAllowed)
                    return reply.headers
                }
                #expect(headers[.allow] == allowed)
                let head = try await client.execute(uri: path, method: .head) { ($0.status, $0.body.readableBytes) }
                #expect(head == (.ok, 0))
            }
        }
    }
}
