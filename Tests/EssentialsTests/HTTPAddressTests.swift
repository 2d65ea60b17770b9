import Essentials
import Foundation
import Testing

struct HTTPAddressTests {
    @Test(arguments: [
        "http://127.0.0.1:8000/v1", "https://example.org", "HTTP://EXAMPLE.org/a?b=c:99999#d:99999",
        "http://[::1]:65535/",
        "http://[::1]/x:99999", "http://ada:99999@example.org/", "http://example.org:/", "http://example.org:1",
        "http://example.org?port=:99999",
    ])
    func addressesAreAccepted(text: String) {
        #expect(URL(httpAddress: text)?.absoluteString == text)
    }

    @Test(arguments: [
        "", "example.org", "/path", "ftp://example.org", "http://", "http:///path", "http://a b", "file:///etc/passwd",
        "http://127.0.0.1:65536/", "http://127.0.0.1:99999", "http://127.0.0.1:0", "http://[::1]:70000/",
        "http://example.org:65536", "http://127.0.0.1:99999999999999999999/", "http://[::1]:18446744073709551616",
        "http://ada:secret@127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:8e1",
        "https://127.0.0.1:99999?x", "https://127.0.0.1:99999#x",
    ])
    func otherTextsAreNoAddresses(text: String) {
        #expect(URL(httpAddress: text) == nil)
    }

    @Test(arguments: [
        ("b", "http://example.org:81/b"), ("//127.0.0.1:99999/b", nil), ("//127.0.0.1:99999999999999999999/b", nil),
        ("https://h/c", "https://h/c"), ("mailto:ada@example.org", nil),
    ])
    func aRelativeAddressIsMadeAbsolute(text: String, address: String?) {
        let url = URL(httpAddress: text, relativeTo: URL(string: "http://example.org:81/a"))
        #expect(url?.absoluteString == address)
    }
}
