import Foundation
import TestSupport
import Testing

/// The security headers of all kinds of responses.
@Suite(.serialized, .server(TestRegistry([.paraformer]), "--api-key", "sesame", "--max-upload-size", "100K"))
struct SecurityHeaderTests {
    private static let key = ("Authorization", "Bearer sesame")

    private func expectHeaders(_ answer: Answer, caching: String = "no-store") {
        let status = answer.status
        #expect(answer.headers["x-content-type-options"] == "nosniff", "\(status)")
        #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true, "\(status)")
        #expect(answer.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true, "\(status)")
        #expect(answer.headers["x-frame-options"] == "DENY", "\(status)")
        #expect(answer.headers["referrer-policy"] == "no-referrer", "\(status)")
        #expect(answer.headers["cross-origin-resource-policy"] == "same-origin", "\(status)")
        #expect(answer.headers["cache-control"] == caching, "\(status)")
    }

    @Test func securityHeadersAreOnEveryResponse() async throws {
        let client = try APIClient.shared()
        let small = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
        let large = try MultipartBody.Upload(path: Fixtures.audio("en_44k1_stereo.wav"))
        let answers = [
            (200, try await client.get("/health")), (401, try await client.get("/v1/models")),
            (404, try await client.send("GET", "/nowhere", headers: [Self.key])),
            (405, try await client.send("POST", "/health")),
            (403, try await client.send("GET", "/health", headers: [("Host", "evil.example")])),
            (200, try await client.transcribe(small, ["model": "paraformer"], headers: [Self.key])),
            (413, try await client.transcribe(large, ["model": "paraformer"], headers: [Self.key])),
        ]
        for (status, answer) in answers {
            #expect(answer.status == status)
            expectHeaders(answer)
        }
    }

    @Test func aStreamHasSecurityHeadersAndItsOwnCaching() async throws {
        let answer = try await APIClient.shared().transcribe(
            .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "paraformer", "stream": "true"],
            headers: [Self.key])
        #expect(answer.headers["content-type"]?.hasPrefix("text/event-stream") == true)
        expectHeaders(answer, caching: "no-cache")
    }

    @Test func theRefusalOfMalformedHTTPHasSecurityHeaders() async throws {
        let connection = try await ByteConnection.open(to: ServerProcess.shared())
        try await connection.send("this is no request\r\n\r\n")
        let answer = try await connection.answer()
        #expect(answer.status == 501)
        expectHeaders(answer)
    }
}
