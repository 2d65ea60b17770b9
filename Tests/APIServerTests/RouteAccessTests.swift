import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import APIServer

/// Which clients may use which route, however its path is spelled.
struct RouteAccessTests {
    private static let settings = ServerSettings(apiKeys: [APIKey("sesame")])
    private static let open = [
        "/", "/page/whisper", "/docs", "/openapi.json", "/asyncapi.json", "/health", "/health/live", "/health/ready",
        "/healthz", "/readyz", "/ping",
    ]

    /// Spellings of the same path by routers, proxies and clients, and some paths that only look similar.
    private static func spellings(of path: String) -> [String] {
        let segments = path.split(separator: "/").joined(separator: "//")
        let escaped = path.dropFirst().first.map { "/%\(String($0.asciiValue ?? 0, radix: 16))" + path.dropFirst(2) }
        return [
            path, "/" + path, "//" + path, path + "/", path + "//", "//" + segments + "//", "/." + path,
            "/x/.." + path, "/./" + path.dropFirst(), path + "/.", path.replacing("/", with: "%2F"),
            "/" + path.dropFirst().replacing("/", with: "%2f"), escaped ?? path, path.uppercased(), path + "?x=/health",
            path + "#/health", path + ";/health", path + "%00", path + "%20", path + "%2e", "/health/.." + path,
            "/health/%2e%2e" + path, "/health//.." + path, "\\" + path,
        ]
    }

    private static func allRoutes() throws -> [(method: HTTPRequest.Method, path: String)] {
        let routes = try RouterUnderTest().router.routes.map { route in
            (
                route.method,
                route.path.description.replacing("**", with: "whisper").replacing("{deployment}", with: "whisper")
            )
        }
        #expect(routes.count >= 7 * 19, "every path has an answer for every method")
        return routes
    }

    @Test func everySpellingOfAClosedRouteNeedsAKey() async throws {
        let routes = try Self.allRoutes()
        try await RouterUnderTest(settings: Self.settings).test { client in
            for (method, path) in routes where !Self.open.contains(path) {
                for spelling in Self.spellings(of: path) {
                    let status = try await client.execute(uri: spelling, method: method) { $0.status }
                    #expect(status == .unauthorized, "\(method) \(spelling)")
                }
            }
        }
    }

    @Test(arguments: [
        "/v1", "/v1/", "/page", "/v2/models", "/docs/x", "/healthz/x", "/livez", "/health/secret",
        "/health/../v1/models",
        "/metric", "/v1/audio", "/openai", "/openai/deployments/whisper", "/openai/deployments//audio/transcriptions",
        "/openai/deployments/a/b/audio/transcriptions", "/inference/x", "/asr/x", "*",
    ])
    func aPathWithoutARouteNeedsAKeyToo(path: String) async throws {
        try await RouterUnderTest(settings: Self.settings).test { client in
            let status = try await client.execute(uri: path, method: .get) { $0.status }
            #expect(status == .unauthorized)
            let known = try await client.execute(uri: path, method: .get, headers: [.authorization: "Bearer sesame"]) {
                $0.status
            }
            #expect(known == .notFound)
        }
    }

    @Test func doubledAndTrailingSlashesReachTheSameRoute() async throws {
        try await RouterUnderTest(settings: Self.settings).test { client in
            for path in ["/v1/models", "//v1/models", "///v1///models", "/v1/models/", "/v1/ps", "//metrics/"] {
                let status = try await client.execute(uri: path, method: .get, headers: [.init("x-api-key")!: "sesame"])
                {
                    $0.status
                }
                #expect(status == .ok, "\(path)")
            }
        }
    }

    @Test(arguments: open.filter { $0.hasPrefix("/health") }) func everySpellingOfHealthIsOpen(path: String)
        async throws
    {
        try await RouterUnderTest(settings: Self.settings).test { client in
            for spelling in [path, "/" + path, path + "/", path + "?full=1"] {
                let status = try await client.execute(uri: spelling, method: .get) { $0.status }
                #expect(status != .unauthorized && status != .notFound, "\(spelling)")
            }
        }
    }

    @Test(
        arguments: [
            ("authorization", "Bearer sesame", true), ("authorization", "bearer sesame", true),
            ("x-api-key", "sesame", true), ("api-key", "sesame", true), ("X-API-Key", "sesame", true),
            ("authorization", "Basic sesame", false), ("authorization", "sesame", false), ("x-api-key", "", false),
            ("x-api-key", "Bearer sesame", false), ("api-key", "open", false), ("openai-api-key", "sesame", false),
        ])
    func aKeyIsAcceptedInThreeHeaders(header: String, value: String, isAdmitted: Bool) async throws {
        let name = try #require(HTTPField.Name(header))
        try await RouterUnderTest(settings: Self.settings).test { client in
            let status = try await client.execute(uri: "/v1/models", method: .get, headers: [name: value]) { $0.status }
            #expect(status == (isAdmitted ? .ok : .unauthorized))
        }
    }

    @Test func aTranscriptionIsTimedUnderEverySpellingOfItsPath() async throws {
        try await RouterUnderTest().test { client in
            for path in [
                "/v1/audio/transcriptions", "//v1/audio/transcriptions/", "/inference", "//asr/", "/detect-language",
                "/openai/deployments/whisper/audio/translations",
            ] {
                let headers = try await client.execute(uri: path, method: .post) { $0.headers }
                #expect(headers[.processingMilliseconds] != nil, "\(path)")
            }
            let headers = try await client.execute(uri: "/v1/models", method: .get) { $0.headers }
            #expect(headers[.processingMilliseconds] == nil)
        }
    }
}
