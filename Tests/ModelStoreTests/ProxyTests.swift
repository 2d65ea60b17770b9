import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Which proxy is used for which host, and that downloads use it.
struct ProxyTests {
    private static let both = ["http_proxy": "http://plain:3128", "HTTPS_PROXY": "tunnel.example:8080"]

    @Test(arguments: [
        (both, "http://host/m", "plain:3128"), (both, "https://host/m", "tunnel.example:8080"),
        (["HTTP_PROXY": "http://plain:3128"], "http://host/m", nil),
        (["https_proxy": "http://a", "HTTPS_PROXY": "http://b"], "https://host/m", "a:80"),
        (["ALL_PROXY": "http://all:1"], "http://host/m", "all:1"),
        (["ALL_PROXY": "http://all:1", "https_proxy": "http://own:2"], "https://host/m", "own:2"),
        (["https_proxy": ""], "https://host/m", nil), ([:], "https://host/m", nil),
        (both.merging(["NO_PROXY": "*"]) { $1 }, "https://host/m", nil),
        (both.merging(["NO_PROXY": "other, host"]) { $1 }, "https://host/m", nil),
        (both.merging(["NO_PROXY": "example.org"]) { $1 }, "https://a.example.org/m", nil),
        (both.merging(["NO_PROXY": ".example.org"]) { $1 }, "https://example.org/m", nil),
        (both.merging(["NO_PROXY": "*.example.org"]) { $1 }, "https://b.a.EXAMPLE.org/m", nil),
        (both.merging(["NO_PROXY": "ample.org"]) { $1 }, "https://example.org/m", "tunnel.example:8080"),
        (both.merging(["NO_PROXY": "host:8443"]) { $1 }, "https://host:8443/m", nil),
        (both.merging(["NO_PROXY": "host:8443"]) { $1 }, "https://host/m", "tunnel.example:8080"),
        (both.merging(["NO_PROXY": "10.0.0.0/8"]) { $1 }, "https://10.1.2.3/m", nil),
        (both.merging(["NO_PROXY": "10.0.0.0/9"]) { $1 }, "https://10.200.2.3/m", "tunnel.example:8080"),
        (both.merging(["NO_PROXY": "127.0.0.1"]) { $1 }, "http://127.0.0.1:9/m", nil),
        (both.merging(["NO_PROXY": "fe80::/10"]) { $1 }, "https://[fe80::1]/m", nil),
        (both.merging(["no_proxy": "a", "NO_PROXY": "host"]) { $1 }, "https://host/m", "tunnel.example:8080"),
    ])
    func theEnvironmentSelectsTheProxy(environment: [String: String], url: String, expected: String?) throws {
        let proxy = try ProxySettings(environment: environment).proxy(for: try #require(URL(string: url)))
        #expect(proxy.map { "\($0.host):\($0.port)" } == expected)
    }

    @Test func userAndPasswordAreParsed() throws {
        let settings = ProxySettings(environment: ["https_proxy": "http://ada:p%40ss@proxy:1"])
        let proxy = try settings.proxy(for: try #require(URL(string: "https://host/m")))
        #expect(proxy == ProxySettings.Proxy(host: "proxy", port: 1, user: "ada", password: "p@ss"))
    }

    @Test(arguments: ["socks5://ada:hidden@proxy:1", "https://ada:hidden@proxy", "http://", "ftp://hidden"])
    func anUnusableProxyIsNamedByItsVariableOnly(value: String) async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(
                download: "url: https://host.invalid/v.tgz",
                settings: .quick { $0.proxies = ProxySettings(environment: ["HTTPS_PROXY": value]) })
            let error = await #expect(throws: ModelError.self) {
                try await store.prepare(entry, waitingUpTo: .seconds(300))
            }
            #expect(error?.message.contains("HTTPS_PROXY is not the address of an HTTP proxy") == true)
            #expect(error?.message.contains("hidden") == false)
        }
    }

    /// The hosts do not exist, so only the proxy can resolve them.
    @Test func aFetchWithItsRedirectsGoesThroughTheProxy() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        let answers = ["/v.tgz": FileServer.Answer.redirect("http://other.invalid/w.tgz"), "/w.tgz": .bytes(bytes)]
        try await withFileServer(answers) { server in
            try await withTunnelProxy(to: server.port) { proxy in
                try await withTemporaryFolder { folder in
                    let (store, entry) = try folder.store(
                        download: "url: 'http://models.invalid/v.tgz'",
                        settings: .quick { $0.proxies = ProxySettings(environment: ["http_proxy": proxy.url]) })
                    _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                    #expect(proxy.asked == ["models.invalid:80", "other.invalid:80"])
                    try #expect(folder.contents == voiceFiles)
                }
            }
        }
    }

    @Test func excludedHostsBypassTheProxy() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let environment = ["http_proxy": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"]
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))",
                    settings: .quick { $0.proxies = ProxySettings(environment: environment) })
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test func anHTTPSAddressIsReachedThroughATunnel() async throws {
        try await withScriptedServer([.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), .hangUp]) {
            server in
            try await withTemporaryFolder { folder in
                let proxy = "http://ada:open@127.0.0.1:\(server.port)"
                let (store, entry) = try folder.store(
                    download: "url: 'https://models.invalid/v.tgz'",
                    settings: .quick { $0.proxies = ProxySettings(environment: ["https_proxy": proxy]) })
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains("Cannot reach https://models.invalid/v.tgz") == true)
                #expect(error?.message.contains("open") == false)
                let head = try #require(server.requests.first?.head).lowercased()
                #expect(head.hasPrefix("connect models.invalid:443 http/1.1\r\n"), "\(head)")
                #expect(
                    head.contains(
                        "proxy-authorization: basic \(Data("ada:open".utf8).base64EncodedString().lowercased())"))
            }
        }
    }

    /// The proxy's credentials are sent only to the proxy, and the URL's only to the file server.
    @Test func credentialsAreSentOnlyToTheRegisteredHost() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/w.tgz": .bytes(bytes)]) { other in
            try await withFileServer(["/v.tgz": .redirect(other.url("/w.tgz"))]) { server in
                try await withTemporaryFolder { folder in
                    let url = server.url("/v.tgz").replacingOccurrences(of: "//", with: "//ada:hidden@")
                    let (store, entry) = try folder.store(download: "url: '\(url)'")
                    _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                    #expect(server.asks.map(\.authorization) == ["Basic YWRhOmhpZGRlbg=="])
                    #expect(other.asks.map(\.authorization) == [nil])
                }
            }
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", "220 ftp.example.org ready\r\n",
    ])
    func aConnectionLostInTheHeadLeavesNothing(answer: String) async throws {
        try await withScriptedServer([.send(answer), .hangUp]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: 'http://127.0.0.1:\(server.port)/v.tgz'")
                await #expect(throws: ModelError.self) { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
            }
        }
    }
}
