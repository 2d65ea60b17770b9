import NIOHTTP1
import Testing

@testable import APIServer

/// Rules for a request's head beyond its grammar.
struct RequestRulesTests {
    private func head(
        _ uri: String, _ headers: HTTPHeaders = ["Host": "localhost"], version: HTTPVersion = .http1_1
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: .GET, uri: uri, headers: headers)
    }

    @Test(
        arguments: [
            ("/v1/models?x=1", "/v1/models?x=1", "localhost"), ("//v1", "//v1", "localhost"), ("*", "*", "localhost"),
            ("http://speech.example/health", "/health", "speech.example"),
            ("HTTP://[::1]:8000", "/", "[::1]:8000"), ("https://a?x=1", "/?x=1", "a"),
            ("http://a//b", "//b", "a"),
        ])
    func theAuthorityInTheTargetOverridesTheHost(uri: String, path: String, host: String) throws {
        let request = try RequestRules.normalized(head(uri))
        #expect((request.uri, request.headers["host"]) == (path, [host]))
    }

    @Test(arguments: ["", "health", "ftp://a/", "http:///health", "http://", "http://user@localhost/", "http:/a"])
    func otherTargetFormsAreRefused(uri: String) {
        #expect(throws: APIError.self) { try RequestRules.normalized(head(uri)) }
    }

    @Test(
        arguments: [
            ([], .http1_1, false), ([], .http1_0, true), (["a"], .http1_1, true), (["a"], .http1_0, true),
            (["a", "a"], .http1_1, false), (["a", "b"], .http1_0, false),
        ] as [([String], HTTPVersion, Bool)])
    func exactlyOneHostIsRequired(hosts: [String], version: HTTPVersion, isGood: Bool) {
        let headers = HTTPHeaders(hosts.map { ("Host", $0) })
        let request = try? RequestRules.normalized(head("/", headers, version: version))
        #expect((request != nil) == isGood)
    }

    @Test(
        arguments: [
            ("chunked", nil), ("Chunked", nil), ("gzip, chunked", 501), ("chunked, chunked", 501), ("foo", 501),
            ("identity", 501), ("chunked;q=1", 501),
        ] as [(String, Int?)])
    func chunkedIsTheOnlyTransferCoding(coding: String, status: Int?) {
        let headers: HTTPHeaders = ["Host": "a", "Transfer-Encoding": coding]
        do throws(APIError) {
            _ = try RequestRules.normalized(head("/", headers))
            #expect(status == nil)
        } catch {
            #expect(error.status.code == status)
            #expect(error.headers[.shouldRetry] == "false")
        }
    }

    @Test func chunkedCannotBeCombined() {
        let both: HTTPHeaders = ["Host": "a", "Transfer-Encoding": "chunked", "Content-Length": "3"]
        #expect(throws: APIError.self) { try RequestRules.normalized(head("/", both)) }
        let old: HTTPHeaders = ["Transfer-Encoding": "chunked"]
        #expect(throws: APIError.self) { try RequestRules.normalized(head("/", old, version: .http1_0)) }
    }

    @Test(
        arguments: [
            (nil, .http1_1, nil), ("close", .http1_1, "close"), ("TE, Close", .http1_1, "close"),
            ("keep-alive", .http1_1, "keep-alive"), (nil, .http1_0, "close"), ("keep-alive", .http1_0, "keep-alive"),
            ("Keep-Alive, x", .http1_0, "Keep-Alive, x"),
        ] as [(String?, HTTPVersion, String?)])
    func aClosingResponseHasOneConnectionHeader(sent: String?, version: HTTPVersion, connection: String?) throws {
        var headers: HTTPHeaders = ["Host": "a"]
        if let sent { headers.add(name: "Connection", value: sent) }
        let request = try RequestRules.normalized(head("/", headers, version: version))
        #expect(request.headers.first(name: "connection") == connection)
    }
}
