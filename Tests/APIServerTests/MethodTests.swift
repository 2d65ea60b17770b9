import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import APIServer

/// Methods that an endpoint does not take.
struct MethodTests {
    @Test(arguments: ["TRACE", "QUERY", "CONNECT", "OPTIONS", "PUT", "PATCH", "PROPFIND", "M-SEARCH", "SOURCE"])
    func anotherMethodIsAnsweredWithThoseThatThePathTakes(name: String) async throws {
        let method = try #require(HTTPRequest.Method(name))
        try await RouterUnderTest().test { client in
            for (path, allowed) in [
                ("/health", "GET, HEAD"), ("/v1/audio/transcriptions", "POST"), ("/page/main.js", "GET, HEAD"),
                ("/v1/models/whisper", "GET, POST, DELETE, HEAD"), ("/openai/deployments/x/audio/translations", "POST"),
            ] {
                let answer = try await client.execute(uri: path, method: method)
                #expect(answer.status == .methodNotAllowed, "\(path)")
                #expect(answer.headers[.allow] == allowed)
                #expect(answer.headers[.contentType] == "application/json")
                let body = String(buffer: answer.body)
                #expect(body.hasPrefix(#"{"error": {"message": "/"#) && body.contains("does not take \(name)"))
                #expect(body.hasSuffix(#""param": null, "code": "method_not_allowed"}}"#))
            }
        }
    }
}
