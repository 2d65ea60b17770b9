import Testing

@testable import Essentials

struct FormParameterTests {
    @Test(arguments: [
        ("a.wav", "a.wav"), ("a\"b", "a%22b"), ("a\r\nb", "a%0D%0Ab"), ("a\rb\nc", "a%0Db%0Ac"),
        ("é\u{0301}\n", "é\u{0301}%0A"),
    ])
    func aNameCannotLeaveItsQuotes(name: String, quoted: String) {
        #expect(name.quotedForForm == quoted)
    }
}
