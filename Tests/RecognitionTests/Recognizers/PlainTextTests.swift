import Foundation
import SpeechTypes
import Testing

@testable import Recognition

@Suite struct PlainTextTests {
    @Test(
        arguments: [
            ("", ""), ("plain", "plain"), ("e\u{301}", "\u{E9}"), ("か\u{3099}", "が"), ("\u{212B}", "\u{C5}"),
            // The mark below goes first, in either order.
            ("e\u{301}\u{323}", "\u{1EB9}\u{301}"), ("\u{E9}\u{323}", "\u{1EB9}\u{301}"),
            // Two marks above do not pass one another.
            ("a\u{308}\u{304}", "\u{1DF}"), ("a\u{304}\u{308}", "\u{101}\u{308}"),
            ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("\u{D558}\u{11AB}", "\u{D55C}"),
            // Not composed, by Unicode's list of exclusions.
            ("\u{915}\u{93C}", "\u{915}\u{93C}"), ("\u{958}", "\u{915}\u{93C}"),
        ])
    func textIsNormalisedToNFC(text: String, composed: String) {
        #expect(scalars(text.composed) == scalars(composed))
    }

    /// The decoder's token limit may cut a mark off.
    @Test(
        arguments: [
            ("[BLANK_AUDIO]", ""), (" [MUSIC PLAYING] ", ""), ("[BLANK_", ""), ("[BLANK", ""),
            ("[Laughs]", "[Laughs]"), ("[BLANK_AUDIO] no", "[BLANK_AUDIO] no"), ("[A] B]", "[A] B]"), ("[", "["),
            ("[]", "[]"), ("OK", "OK"),
        ])
    func marksForNonspeechAreNoText(text: String, left: String) {
        #expect(Transcript.Segment.tidied(text) == left)
    }

    /// Alone, and among marks above and below a letter. Foundation's tables of marks end with Unicode 14, and beyond
    /// U+FFFF it treats letters as marks.
    @Test func everyScalarIsNormalisedAsByFoundation() {
        let others = (UInt32(0)...0x2_FFFF).compactMap(Unicode.Scalar.init).filter { scalar in
            let isKnown = scalar.value <= 0xFFFF && scalar.properties.age.map { $0.major <= 14 } == true
            return (isKnown ? ["\(scalar)", "a\u{301}\(scalar)\u{323}"] : ["\(scalar)"]).contains { text in
                scalars(text.composed) != scalars(text.precomposedStringWithCanonicalMapping)
            }
        }
        #expect(others.isEmpty)
    }

    private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }
}
