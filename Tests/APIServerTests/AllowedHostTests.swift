import Testing

@testable import APIServer

@Suite struct AllowedHostTests {
    private let own = AllowedHosts(
        listeningOn: "127.0.0.1", isLoopback: true,
        listed: ["speech.example", "10.0.0.7", "fd00::7"].compactMap { HostName(given: $0) })

    @Test(arguments: [
        "localhost", "localhost:8000", "localhost:", "LocalHost", "localhost.", "a.b.localhost:1", "127.0.0.1",
        "127.0.0.1:65535",
        "127.255.0.3", "[::1]", "[::1]:8000", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "speech.example",
        "SPEECH.example.:443", "10.0.0.7:80", "[fd00::7]:80", nil,
    ])
    func localAndListedHostNamesAreAllowed(authority: String?) {
        #expect(own.allow(authority))
    }

    @Test(arguments: [
        "evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "notlocalhost",
        "my.speech.example", "0.0.0.0", "192.168.1.1", "128.0.0.1", "[::2]", "[::ffff:10.0.0.1]", "127.1", "2130706433",
        "", ":8000", "localhost:80a", "localhost:65536", "[::1]x", "[::1", "user@localhost", "localhost/", "127.0.0.1 ",
        "..localhost", ".localhost", "a..localhost", "localhost..", "::1", "[127.0.0.1]", "[::1%1]", "127.0.0.01",
        "0x7f.0.0.1", "0x7f000001", "127.0.0.1..", "evil.example.0x1", "fd00::7",
    ])
    func otherHostNamesAreRefused(authority: String) {
        #expect(!own.allow(authority))
    }

    @Test func theListeningHostNameIsAllowed() {
        let hosts = AllowedHosts(listeningOn: "My-Machine", isLoopback: true, listed: [])
        #expect(hosts.allow("my-machine:8000") && !hosts.allow("speech.example"))
    }

    @Test func onANetworkAnyHostIsAllowedUnlessHostsAreListed() {
        #expect(AllowedHosts(listeningOn: "0.0.0.0", isLoopback: false, listed: []).allow("evil.example"))
        let listed = AllowedHosts(
            listeningOn: "10.0.0.7", isLoopback: false, listed: [HostName("speech.example")].compactMap(\.self))
        #expect(listed.allow("speech.example") && listed.allow("10.0.0.7:8000") && listed.allow("localhost"))
        #expect(!listed.allow("evil.example"))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true), ("LOCALHOST", true),
        ("0.0.0.0", false), ("::", false), ("192.0.2.1", false),
    ])
    func loopbackAddressesAreRecognised(host: String, isLoopback: Bool) {
        #expect(Loopback.bounds(host) == isLoopback)
    }
}
