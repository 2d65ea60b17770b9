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

    private func answer(
        to body: String, _ headers: HTTPFields = [:]
    ) async throws -> (status: HTTPResponse.Status, value: JSONValue) {
        try await RouterUnderTest().test { client in
            let response = try await client.execute(
                uri: "/v1/realtime/client_secrets", method: .post, headers: headers, body: ByteBuffer(string: body))
            return (
                response.status, try JSONDecoder().decode(JSONValue.self, from: Data(response.body.readableBytesView))
            )
        }
    }

    @Test(arguments: [
        ("1", "expires_after"), (#""600""#, "expires_after"), ("[]", "expires_after"), ("true", "expires_after"),
        (#"{"anchor": "last_active_at"}"#, "expires_after.anchor"), (#"{"anchor": 1}"#, "expires_after.anchor"),
        (#"{"seconds": 9}"#, "expires_after.seconds"), (#"{"seconds": 7201}"#, "expires_after.seconds"),
        (#"{"seconds": 10.5}"#, "expires_after.seconds"), (#"{"seconds": -1e300}"#, "expires_after.seconds"),
        (#"{"seconds": 18446744073709551616}"#, "expires_after.seconds"),
        (#"{"seconds": "600"}"#, "expires_after.seconds"), (#"{"seconds": true}"#, "expires_after.seconds"),
    ])
    func aWrongLifetimeIsRefused(given: String, parameter: String) async throws {
        let answer = try await answer(to: "{\"expires_after\": \(given)}")
        #expect(answer.status == .badRequest, "\(given)")
        #expect(answer.value["error"]?["param"]?.string == parameter)
        #expect(answer.value.code == "invalid_value")
    }

    @Test(arguments: [
        ("null", 600), ("{}", 600), (#"{"seconds": null, "anchor": null}"#, 600), (#"{"seconds": 10}"#, 10),
        (#"{"anchor": "created_at", "seconds": 7200.0}"#, 7200),
    ])
    func aSecretExpiresWhenItsRequestSays(given: String, seconds: Int) async throws {
        let now = Date().timeIntervalSince1970
        let answer = try await answer(to: "{\"expires_after\": \(given)}")
        let expiry = try #require(answer.value["expires_at"]?.double)
        #expect(answer.status == .ok && expiry >= (now + Double(seconds)).rounded(.down))
        #expect(expiry <= Date().timeIntervalSince1970 + Double(seconds))
    }

    @Test(
        arguments: [
            ("text/plain", nil, .unsupportedMediaType),
            ("application/x-www-form-urlencoded", nil, .unsupportedMediaType),
            ("application/json", "gzip", .unsupportedMediaType), ("application/json; charset=utf-8", nil, .ok),
            (nil, nil, .ok),
        ] as [(String?, String?, HTTPResponse.Status)])
    func theBodyIsJSON(type: String?, encoding: String?, status: HTTPResponse.Status) async throws {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentEncoding] = encoding
        #expect(try await answer(to: "{}", headers).status == status)
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
