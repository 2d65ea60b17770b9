@testable import APIServer
import Testing

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
}
