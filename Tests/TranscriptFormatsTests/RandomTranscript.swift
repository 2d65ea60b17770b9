import SpeechTypes

extension Transcript {
    /// A transcript with the worst output of models: mixed scripts, endless words, times of every kind.
    static func random(using generator: inout SeededGenerator) -> Transcript {
        var transcript = Transcript(duration: .milliseconds(Int.random(in: 0...120_000, using: &generator)))
        let areTimesWeird = Bool.random(using: &generator)
        var now = 0
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let pause = Int.random(in: areTimesWeird ? -9000...9000 : 0...2000, using: &generator)
            let length = Int.random(in: areTimesWeird ? -1000...60_000 : 100...30_000, using: &generator)
            now += pause
            transcript.append(.random(from: now, to: now + length, areTimesWeird, using: &generator))
            now += length
        }
        return transcript
    }
}

extension Transcript.Segment {
    fileprivate static func random(
        from start: Int, to end: Int, _ areTimesWeird: Bool, using generator: inout SeededGenerator
    ) -> Transcript.Segment {
        var text = ""
        var tokens: [Token] = []
        var now = start
        let hasTimes = Bool.random(using: &generator)
        for _ in 0..<Int.random(in: 0...80, using: &generator) {
            let piece = randomPiece(using: &generator)
            text += piece
            // Now and then a post-processor has rewritten the text.
            let token = Int.random(in: 0..<10, using: &generator) == 0 ? randomPiece(using: &generator) : piece
            now += Int.random(in: areTimesWeird ? -3000...3000 : 20...600, using: &generator)
            tokens.append(Token(text: token, start: hasTimes ? .milliseconds(now) : nil))
        }
        return Transcript.Segment(start: .milliseconds(start), end: .milliseconds(end), text: text, tokens: tokens)
    }

    private static func randomPiece(using generator: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<60, using: &generator) {
        case 0: return randomText(using: &generator)
        case 1: return " " + String(repeating: "long", count: Int.random(in: 10...60, using: &generator))
        case 2: return String(repeating: "！", count: Int.random(in: 20...90, using: &generator))
        default:
            let pieces = [
                " hello", " world.", " a", "nd", ", ", " - ", " “so”", "? ", "-->", "<b>", " &amp;", "你", "好", "，",
                "世界。", "「",
                "」", "ก", "ไ", "안녕", " 👩‍👩‍👧", "\u{301}", "\n\n", "\r\n", "@@", "▁", "<0xE4>", "<|zh|>", "\u{FFFD}", "2024",
            ]
            return pieces.randomElement(using: &generator) ?? ""
        }
    }
}
