import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import APIServer

/// How the page's files are served.
struct PageFileTests {
    private static let folder = Fixtures.repository.appending(path: "Sources/Server/CEmbedded/page")

    private static func filesInFolder() throws -> [String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return paths.filter { !folder.appending(path: $0).hasDirectoryPath && $0.contains(".") }.sorted()
    }

    private func get(
        _ path: String, method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:],
        settings: ServerSettings = ServerSettings(apiKeys: [APIKey("sesame")])
    ) async throws -> TestResponse {
        try await RouterUnderTest(settings: settings).test { client in
            try await client.execute(uri: path, method: method, headers: headers)
        }
    }

    @Test func everyFileIsServedWithItsTypeAndWithoutAKey() async throws {
        let types = ["html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"]
        let files = try Self.filesInFolder()
        #expect(PageFile.all.keys.sorted() == files, "Sources/Server/CEmbedded/Page.c lists the page's files")
        try await RouterUnderTest(settings: ServerSettings(apiKeys: [APIKey("sesame")])).test { client in
            for file in files where !file.hasSuffix("index.html") {
                let answer = try await client.execute(uri: "/page/" + file, method: .get)
                #expect(answer.status == .ok, "\(file)")
                #expect(
                    Data(buffer: answer.body) == (try Data(contentsOf: Self.folder.appending(path: file))), "\(file)")
                let type = try #require(types[String(file.split(separator: ".").last ?? "")])
                #expect(answer.headers[.contentType]?.hasPrefix(type) == true, "\(file)")
            }
        }
    }

    @Test(arguments: ["/", "//", "/?a=b"]) func thePageIsAtTheRoot(path: String) async throws {
        let answer = try await get(path)
        #expect(answer.status == .ok)
        #expect(String(buffer: answer.body).hasPrefix("<!doctype html>"))
    }

    @Test func thePageMayRunItsOwnScriptsAlone() async throws {
        let policy = try #require(try await get("/").headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"))
        #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
        #expect(try await get("/").headers[HTTPField.Name("Permissions-Policy")!] == "microphone=(self)")
        #expect(try await get("/health").headers[.contentSecurityPolicy]?.contains("script-src") != true)
    }

    @Test func aBrowserAsksWhetherItsVersionIsTheNewest() async throws {
        let first = try await get("/page/main.js")
        #expect(first.headers[.cacheControl] == "no-cache")
        let tag = try #require(first.headers[.eTag])
        for header in [tag, "\"other\", \(tag)", "W/" + tag, "*"] {
            let again = try await get("/page/main.js", [.ifNoneMatch: header])
            #expect(again.status == .notModified && again.body.readableBytes == 0, "\(header)")
            #expect(again.headers[.eTag] == tag && again.headers[.cacheControl] == "no-cache")
        }
        #expect(try await get("/page/main.js", [.ifNoneMatch: "\"other\""]).status == .ok)
        #expect(try await get("/page/texts.js").headers[.eTag] != tag)
    }

    @Test func headIsAnsweredWithoutABody() async throws {
        let answer = try await get("/", method: .head)
        #expect(answer.status == .ok && answer.body.readableBytes == 0)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func thePageTakesNoOtherMethods(method: HTTPRequest.Method) async throws {
        for path in ["/", "/page/main.js"] {
            let answer = try await get(path, method: method)
            #expect(answer.status == .methodNotAllowed)
            #expect(answer.headers[.allow] == "GET, HEAD")
        }
    }

    @Test func slashesOfAPathMayBeEscaped() async throws {
        #expect(try await get("/page/style%2Fbase.css").headers[.contentType] == "text/css; charset=utf-8")
    }

    @Test(arguments: [
        "/page/%2Fetc%2Fpasswd", "/page/style%2F..%2Findex.html", "/page/", "/page/nothing.js", "/page/../Page.c",
        "/page/%2e%2e/catalogue.yaml", "/page//etc/passwd", "/page/index.html", "/page//index.html",
        "/page/./index.html", "/page/index%2Ehtml", "/page/docs/index.html",
    ])
    func nothingElseIsServed(path: String) async throws {
        let answer = try await get(path, [.authorization: "Bearer sesame"])
        #expect(answer.status == .notFound)
        #expect(String(buffer: answer.body).contains("not_found"))
    }

    @Test func otherNamesAndOtherPagesAreRefused() async throws {
        let stranger = try await get("/", [.origin: "https://evil.example"])
        #expect(stranger.status == .forbidden)
        #expect(stranger.headers[.contentSecurityPolicy]?.contains("script-src") != true)
    }
}
