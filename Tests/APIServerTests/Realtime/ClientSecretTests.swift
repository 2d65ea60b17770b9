import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import TranscriptFormats

@testable import APIServer

@Suite struct ClientSecretTests {
    @Test func aSecretGivesItsConfigurationUntilItExpires() throws {
        let secrets = ClientSecrets()
        let configuration = RealtimeConfiguration(noiseReduction: "far_field")
        let (value, _) = try secrets.make(lasting: 600, configuration)
        #expect(value.hasPrefix("ek_"))
        #expect(secrets.configuration(for: value) == configuration)
        #expect(secrets.configuration(for: value) == configuration, "it opens any number of sessions")
        #expect(secrets.configuration(for: value + "0") == nil)
        let (expired, _) = try secrets.make(lasting: 0, configuration)
        #expect(secrets.configuration(for: expired) == nil)
    }

    @Test func thereAreAtMostAThousand() throws {
        let secrets = ClientSecrets()
        for _ in 0..<ClientSecrets.most { _ = try secrets.make(lasting: 600, RealtimeConfiguration()) }
        let error = #expect(throws: APIError.self) { _ = try secrets.make(lasting: 600, RealtimeConfiguration()) }
        #expect(error?.status == .tooManyRequests)
    }

    private static let request = #"{"session": {"audio": {"input": {"transcription": {"prompt": "Names"}}}}}"#

    @Test(arguments: [
        (request, HTTPResponse.Status.ok), (request + String(repeating: " ", count: 100_000), .ok),
        (request + String(repeating: " ", count: 140_000), .contentTooLarge),
        (String(repeating: "[", count: 100_000), .badRequest), ("[]", .badRequest),
    ])
    func aRequestHasALimit(body: String, status: HTTPResponse.Status) async throws {
        try await RouterUnderTest().test { client in
            try await client.execute(
                uri: "/v1/realtime/client_secrets", method: .post, body: ByteBuffer(string: body)
            ) { response in
                #expect(response.status == status)
                guard status != .ok else { return }
                let answer = try JSONDecoder().decode(JSONValue.self, from: Data(response.body.readableBytesView))
                #expect(answer.code == "invalid_value")
            }
        }
    }
}
