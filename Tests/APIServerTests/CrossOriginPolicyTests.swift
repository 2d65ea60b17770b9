import HTTPTypes
import Testing

@testable import APIServer

@Suite struct CrossOriginPolicyTests {
    private static let listed = ["https://notes.example", "app://obsidian.md", "http://192.168.1.5:3000", "null"]
    private let policy = CrossOriginPolicy(allowing: listed.compactMap { AllowedOrigin($0) })

    private func request(
        _ origin: String?, to authority: String? = "127.0.0.1:8000", _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get
    ) -> HTTPRequest {
        var request = HTTPRequest(
            method: method, scheme: "http", authority: authority, path: "/", headerFields: headers)
        request.headerFields[.origin] = origin
        return request
    }

    @Test(
        arguments: [
            (nil, "127.0.0.1:8000"), ("http://127.0.0.1:8000", "127.0.0.1:8000"), ("http://LOCALHOST", "localhost:80"),
            ("http://localhost:80", "localhost"), ("https://speech.example", "speech.example"),
            ("https://speech.example", "speech.example:443"), ("http://[::1]:8000", "[::1]:8000"),
        ] as [(String?, String)])
    func requestsWithoutOriginAndFromOwnPagesAreAllowed(origin: String?, authority: String) {
        #expect(policy.caller(of: request(origin, to: authority)) == .own)
        #expect(policy.headers(answering: request(origin, to: authority)) == [.vary: "Origin"])
    }

    @Test(arguments: [
        "https://notes.example", "HTTPS://Notes.Example:443", "app://obsidian.md", "http://192.168.1.5:3000", "null",
    ])
    func listedOriginsMayReadTheirResponses(origin: String) {
        #expect(policy.caller(of: request(origin)) == .listed)
        let headers = policy.headers(answering: request(origin))
        #expect(headers[.accessControlAllowOrigin] == origin)
        #expect(headers[.vary] == "Origin")
        let exposed = headers[.accessControlExposeHeaders]?.split(separator: ", ").map(String.init) ?? []
        let wanted = [
            "x-request-id", "x-asr-ignored", "x-asr-damaged-packets", "openai-processing-ms", "retry-after",
            "x-asr-fallback", "x-asr-upstream-request-id",
        ]
        #expect(wanted.allSatisfy(exposed.contains), "\(exposed)")
    }

    @Test(arguments: [
        "https://evil.example", "http://notes.example", "https://notes.example:444", "https://notes.example.evil",
        "https://a.notes.example", "app://obsidian", "http://127.0.0.1", "http://127.0.0.1:8001",
        "http://localhost:8000",
        "https://127.0.0.1:8443", "file://", "", "notes.example", "https://notes.example, https://evil.example",
        "https://notes.example/path", "https://evil@notes.example",
    ])
    func strangersAreNamedAndMayReadNothing(origin: String) {
        #expect(policy.caller(of: request(origin)) == .notAllowed(origin: origin))
        #expect(policy.headers(answering: request(origin)) == [.vary: "Origin"])
    }

    @Test func theNullOriginIsRefusedUnlessListed() {
        let policy = CrossOriginPolicy(allowing: [])
        #expect(policy.caller(of: request("null")) == .notAllowed(origin: "null"))
        #expect(policy.caller(of: request("null", to: "null")) == .notAllowed(origin: "null"))
    }

    @Test(arguments: ["https://evil.example", "null", "app://obsidian.md", "nonsense"])
    func aStarAllowsEveryOrigin(origin: String) {
        let policy = CrossOriginPolicy(allowing: [.any])
        #expect(policy.caller(of: request(origin)) == .listed)
        #expect(policy.headers(answering: request(origin))[.accessControlAllowOrigin] == "*")
    }

    @Test func aPreflightResponseListsWhatMayBeSent() {
        let asked: HTTPFields = [
            .accessControlRequestMethod: "POST",
            .accessControlRequestHeaders: "Authorization,X-Stainless-OS, bad(name)",
            .accessControlRequestPrivateNetwork: "true",
        ]
        let preflight = request("app://obsidian.md", asked, method: .options)
        #expect(policy.isPreflight(preflight))
        #expect(
            policy.preflightHeaders(answering: preflight) == [
                .accessControlAllowMethods: "GET, POST, DELETE",
                .accessControlAllowHeaders: "authorization, content-type, x-request-id, x-asr-progress, x-stainless-os",
                .accessControlMaxAge: "7200", .accessControlAllowPrivateNetwork: "true",
            ])
        let plain = request("app://obsidian.md", [.accessControlRequestMethod: "POST"], method: .options)
        #expect(policy.preflightHeaders(answering: plain)[.accessControlAllowPrivateNetwork] == nil)
    }

    @Test func anOptionsRequestWithoutPreflightHeadersIsNoPreflight() {
        #expect(!policy.isPreflight(request("app://obsidian.md", method: .options)))
        #expect(!policy.isPreflight(request(nil, [.accessControlRequestMethod: "POST"], method: .options)))
        #expect(!policy.isPreflight(request("null", [.accessControlRequestMethod: "POST"], method: .post)))
    }

    @Test(arguments: [
        "notes.example", "https://", "https://notes.example/app", "**", "*.example", "1://x", "a b://x", "",
    ])
    func onlyOriginsCanBeListed(text: String) {
        #expect(AllowedOrigin(text) == nil)
    }

    @Test func aTrailingSlashOfAListedOriginIsIgnored() {
        #expect(AllowedOrigin("https://Notes.example/") == AllowedOrigin("https://notes.example:443"))
    }
}
