import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import APIServer

/// The documents for programs, and what they must have in common with the server.
struct APIDocumentTests {
    private typealias Object = [String: Any]

    private static func object(_ text: String) throws -> Object {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }

    private static func openAPI() throws -> Object { try object(APIDocuments.openAPI) }
    private static func asyncAPI() throws -> Object { try object(APIDocuments.asyncAPI) }

    /// The operations of the document: `GET /v1/models/{}`, with `{}` for every part of a path that is not fixed.
    private static func operations() throws -> [String: Object] {
        let paths = try #require(try openAPI()["paths"] as? [String: Object])
        var operations: [String: Object] = [:]
        for (path, item) in paths {
            for (method, operation) in item where method != "parameters" {
                let name = "\(method.uppercased()) \(path.replacing(/\{\w+\}/, with: "{}"))"
                operations[name] = try #require(operation as? Object)
            }
        }
        return operations
    }

    /// What the server answers, by the `Allow` of each path.
    private static func routes() async throws -> Set<String> {
        let paths = Set(try RouterUnderTest().router.routes.map(\.path.description))
        return try await RouterUnderTest().test { client in
            var routes: Set<String> = []
            for path in paths {
                let uri = path.replacing("**", with: "x").replacing(/\{\w+\}/, with: "x")
                let answer = try await client.execute(uri: uri, method: .options)
                #expect(answer.status == .methodNotAllowed, "\(path)")
                for method in answer.headers[.allow]?.split(separator: ", ") ?? [] where method != "HEAD" {
                    routes.insert("\(method) \(path.replacing("**", with: "{}").replacing(/\{\w+\}/, with: "{}"))")
                }
            }
            return routes
        }
    }

    @Test func everyRouteIsInTheDocumentAndEveryOperationHasARoute() async throws {
        let (routes, operations) = (try await Self.routes(), Set(try Self.operations().keys))
        #expect(routes.count > 25)
        #expect(routes.subtracting(operations) == [], "add them to Sources/Server/CEmbedded/api/openapi/paths")
        #expect(operations.subtracting(routes) == [], "there are no such routes")
    }

    @Test func operationsWithoutSecurityAreThoseOfOpenRoutes() throws {
        let open = try Self.operations().filter { ($0.value["security"] as? [Any])?.isEmpty == true }.keys
        let routes = Routes.open.map { "GET " + $0.replacing("**", with: "{}") }
        #expect(open.sorted() == routes.sorted())
    }

    @Test func everyOperationThatReceivesARecordingTellsHowLongItTook() throws {
        let recordings = Set(Routes.recordings.map { "POST " + $0.replacing(/\{\w+\}/, with: "{}") })
        for (name, operation) in try Self.operations() {
            let responses = try #require(operation["responses"] as? [String: Object])
            guard let success = responses["200"] else { continue }
            let reference = success["$ref"] as? String
            let known = (try Self.openAPI()["components"] as? [String: Object])?["responses"] as? [String: Object]
            let response = reference.flatMap { known?[$0.split(separator: "/").last.map(String.init) ?? ""] } ?? success
            let isTimed = (response["headers"] as? Object)?["openai-processing-ms"] != nil
            #expect(isTimed == recordings.contains(name), "\(name)")
        }
    }

    @Test func everyEventOfLiveSessionsIsInTheDocument() throws {
        let document = try Self.asyncAPI()
        let operations = try #require(document["operations"] as? [String: Object])
        func events(_ name: String) throws -> [String] {
            let messages = try #require(operations[name]?["messages"] as? [[String: String]])
            return messages.compactMap { $0["$ref"]?.split(separator: "/").last.map(String.init) }.sorted()
        }
        #expect(try events("receive") == ClientEvent.Kind.allCases.map(\.rawValue).sorted())
        #expect(try events("send") == ServerEvent.Kind.allCases.map(\.rawValue).sorted())
        let all = ClientEvent.Kind.allCases.map(\.rawValue) + ServerEvent.Kind.allCases.map(\.rawValue)
        let components = try #require(document["components"] as? [String: Object])
        #expect(components["messages"]?.keys.sorted() == all.sorted())
        let channel = try #require((document["channels"] as? [String: Object])?["realtime"])
        #expect(channel["address"] as? String == Routes.live)
        #expect((channel["messages"] as? Object)?.keys.sorted() == all.sorted())
    }

    @Test func everyPartIsInADocument() throws {
        let folder = Fixtures.repository.appending(path: "Sources/Server/CEmbedded/api")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        #expect(
            APIDocuments.parts.map(\.path).sorted() == files.sorted(), "Sources/Server/CEmbedded/API.c lists the parts")
        for part in APIDocuments.parts {
            let isThere = (APIDocuments.openAPI + APIDocuments.asyncAPI).contains(part.members)
            #expect(isThere && !part.members.isEmpty, "\(part.path) is in no document")
        }
    }

    @Test(arguments: ["/openapi.json", "/asyncapi.json"]) func aDocumentNeedsNoKeyAndHasATag(path: String) async throws
    {
        let settings = ServerSettings(apiKeys: [APIKey("sesame")])
        try await RouterUnderTest(settings: settings).test { client in
            let answer = try await client.execute(uri: path, method: .get)
            #expect(answer.status == .ok && answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
            let text = path == "/openapi.json" ? APIDocuments.openAPI : APIDocuments.asyncAPI
            #expect(String(buffer: answer.body) == text)
            let tag = try #require(answer.headers[.eTag])
            let again = try await client.execute(uri: path, method: .get, headers: [.ifNoneMatch: tag])
            #expect(again.status == .notModified && again.body.readableBytes == 0)
        }
    }

    @Test func thePageForTheDocumentsIsServedWithoutASlashAtItsEnd() async throws {
        let settings = ServerSettings(apiKeys: [APIKey("sesame")])
        try await RouterUnderTest(settings: settings).test { client in
            let page = try await client.execute(uri: "/docs", method: .get)
            #expect(page.status == .ok && page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
            let other = try await client.execute(uri: "/docs/", method: .get)
            #expect(other.status == .permanentRedirect && other.headers[.location] == "../docs")
        }
    }
}
