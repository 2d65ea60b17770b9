import Foundation
import TestSupport
import Testing

/// Upstreams over TLS.
@Suite(.serialized)
struct EncryptedUpstreamTests {
    private static let authority = Fixtures.path("Tests/Fixtures/tls/authority.pem")

    private func withEncrypted(
        _ certificate: String, authority: String?, isLive: Bool = false,
        _ body: (APIClient, ServerProcess, ScriptedServer) async throws -> Void
    ) async throws {
        try await withScriptedServer(
            [UpstreamAnswer.text("well")], toGet: UpstreamAnswer.models, certificate: certificate
        ) { upstream in
            var entry = ["url": "https://localhost:\(upstream.port)/v1", "model": "m", "api_key_env": "FAR_KEY"]
            if let authority { entry["ca_file"] = authority }
            if isLive { entry["realtime"] = "true" }
            try await withForwarder(to: entry, environment: ["FAR_KEY": "far-key"]) { client, server in
                try await body(client, server, upstream)
            }
        }
    }

    @Test func aServerWithACertificateOfTheEntrysAuthorityIsUsed() async throws {
        try await withEncrypted("server", authority: Self.authority) { client, _, upstream in
            try await client.expect(#"{"text": "well"}"#)
            #expect(upstream.requests.count == 1)
        }
    }

    @Test func aServerWithAWrongCertificateGetsNeitherKeyNorSound() async throws {
        // Signed by nobody that is trusted; of another name.
        for (certificate, authority) in [("server", nil), ("stranger", Self.authority)] {
            try await withEncrypted(certificate, authority: authority) { client, _, upstream in
                let answer = try await client.hear()
                try expectError(answer, 503, "upstream_misconfigured", parameter: "model")
                #expect(answer.body.contains("certificate"), "\(answer.body)")
                #expect(upstream.requests.isEmpty)
                #expect(upstream.gets.isEmpty)
            }
        }
    }

    /// Their connections are made apart from those of recordings.
    @Test func theCertificateIsVerifiedForLiveSessionsToo() async throws {
        for (certificate, authority) in [("server", nil), ("stranger", Self.authority), ("server", Self.authority)] {
            let isRight = certificate == "server" && authority != nil
            try await withEncrypted(certificate, authority: authority, isLive: true) { _, server, upstream in
                // The right one is asked, and does not open a session.
                try await runClientTests(
                    "test_realtime_hostile.py", against: server,
                    environment: [
                        "ASR2CLIP_CODE": "503", "ASR2CLIP_PASSED": "", "ASR2CLIP_SECRET": "far-key",
                    ])
                let sessions = upstream.gets.filter { $0.line.contains("/realtime") }
                #expect(sessions.isEmpty == !isRight)
                #expect(sessions.allSatisfy { $0.head.contains("Authorization: Bearer far-key") })
                #expect(isRight || upstream.gets.isEmpty)
            }
        }
    }

    @Test func plainHTTPWhereTLSIsExpectedIsAnError() async throws {
        try await withScriptedServer(UpstreamAnswer.text("well"), toGet: UpstreamAnswer.models) { upstream in
            let entry = ["url": upstream.url.replacing("http:", with: "https:"), "model": "m"]
            try await withForwarder(to: entry) { client, _ in
                try expectError(
                    try await client.hear(), 503, "upstream_misconfigured", parameter: "model")
                #expect(upstream.requests.isEmpty)
            }
        }
    }

    @Test func aFileOfCertificatesThatIsMissingIsReported() async throws {
        try await withEncrypted("server", authority: "/nonexistent/ca.pem") { client, _, _ in
            let answer = try await client.hear()
            try expectError(answer, 503, "upstream_misconfigured", parameter: "model")
            #expect(answer.body.contains("ca_file"))
        }
    }
}
