import Dictation
import Testing

@Suite struct SecretTests {
    @Test func noMessageContainsASecret() {
        let secret = Secret("sk-1234567890abcdef")
        #expect("\(secret)" == "sk-…ef")
        #expect(String(reflecting: secret) == "sk-…ef")
        #expect("\(Secret("short"))" == "…")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("567890"))
    }
}
