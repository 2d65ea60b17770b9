import Essentials
import Foundation
import Testing

struct TrimmingTests {
    @Test(
        arguments: [
            ("", ""), (" \n ", ""), ("\t a b\r\n", "a b"), ("\u{3000}\u{A0}a\u{2028}\u{85}", "a"),
            ("\u{200B}a\u{200B}", "a"), ("\u{FEFF}a", "\u{FEFF}a"), (" \u{301}a", "\u{301}a"),
        ])
    func whiteSpaceIsTrimmedAsFoundationDoes(text: String, trimmed: String) {
        #expect(scalars(text.trimmed) == scalars(trimmed))
        #expect(scalars(text.trimmingCharacters(in: .whitespacesAndNewlines)) == scalars(trimmed))
    }

    @Test func whiteSpaceIsThatOfFoundation() {
        let others = (UInt32(0)...0x10_FFFF).compactMap(Unicode.Scalar.init).filter { scalar in
            scalar.isWhiteSpaceOfText != CharacterSet.whitespacesAndNewlines.contains(scalar)
        }
        #expect(others.isEmpty)
    }

    @Test(arguments: [("[::1]", "::1"), ("localhost", "localhost"), ("[]", "")])
    func bracketsAroundAHostAreRemoved(host: String, address: String) {
        #expect(host.withoutBrackets == address)
    }

    private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }
}
