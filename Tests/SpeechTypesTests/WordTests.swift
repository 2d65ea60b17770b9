import SpeechTypes
import Testing

@Suite struct WordTests {
    @Test(arguments: [
        ("Hello, world.", "Hello,|world."), ("  don't\n\tstop ", "don't|stop"), ("", ""), (" ", ""),
        ("Bonjour ! Ça va ?", "Bonjour !|Ça|va ?"), ("he said - no", "he|said -|no"),
        ("« Oui », dit-il", "« Oui »,|dit-il"), ("- yes", "- yes"), ("( yes )", "( yes )"), ("...", "..."),
        ("5 + 5 = $10", "5|+|5|=|$10"), ("R & D", "R|&|D"), ("约50%的", "约|50%|的"), ("¿ qué ?", "¿ qué ?"),
        ("你好，世界。", "你|好，|世|界。"), ("我用 Swift 写", "我|用|Swift|写"),
        ("他说“你好”。", "他|说|“你|好”。"), ("「はい」と", "「は|い」|と"),
        ("きゃっと", "きゃっ|と"), ("コーヒー", "コー|ヒー"), ("人々", "人々"),
        ("2024年5月", "2024|年|5|月"), ("￥100元", "￥100|元"), ("，你好", "，你|好"),
        ("用Swift,写", "用|Swift,|写"), ("ไทย", "ไท|ย"), ("ខ្មែ", "ខ្មែ"), ("안녕 하세요.", "안녕|하세요."),
    ])
    func punctuationBelongsToTheAdjacentWord(text: String, words: String) {
        #expect(segment(text).words().map(\.text).joined(separator: "|") == words)
    }

    @Test func aWordKnowsWhetherASpaceIsBeforeIt() {
        let words = segment("我用 Swift写 code").words()
        #expect(words.map(\.followsSpace) == [false, false, true, false, true])
    }

    /// Tokens with their times in milliseconds, as the fixture models write them; the segment ends at 4 s.
    @Test(arguments: [
        // transducer, zipformer_ctc
        ("TWO SEVEN EIGHT", " TWO@680/ SE@2560/VEN@2760/ EIGHT@2920", "680-1120 2560-2920 2920-3520"),
        ("ZERO ONE", "▁ZE@500/RO@700/▁ONE@1000", "500-1000 1000-1440"),
        // paraformer
        (
            "two seven 打开", "two@660/se@@@2520/ven@2700/打@3000/开@3200",
            "660-1100 2520-3000 3000-3200 3200-3480"
        ),
        // sense_voice, with and without inverse text normalisation
        ("7 8", "<|en|>@0/ 7@2520/ 8@2880", "2520-2800 2880-3160"),
        // whisper: a token of two characters, one in two halves
        ("打开,麗", "打开@0/,@300/\u{FFFD}@400/\u{FFFD}@500", "0-180 180-360 400-780"),
        // bytes of a SentencePiece model, not all of them valid
        (
            "a 好 b", "▁a@0/▁@200/<0xE5>@300/<0xA5>@400/<0xBD>@500/▁b@1000",
            "0-280 300-780 1000-1280"
        ),
        ("a \u{FFFD}\u{FFFD} b", "▁a@0/<0xE5>@300/<0xFF>@400/▁b@1000", "0-280 300-680 1000-1280"),
    ])
    func aWordHasTheTimesOfItsTokens(text: String, tokens: String, times: String) {
        #expect(segment(text, tokens).words().times == times)
    }

    @Test(arguments: [
        // Cased and punctuated afterwards.
        ("Hello, World!", "hello@100/ world@1000", "100-700 1000-1600"),
        // Inverse text normalisation: the new words get the times of those they replace.
        (
            "in 2024 we", "in@0/ twenty@500/ twenty@900/ four@1400/ we@3000",
            "0-360 500-1920 3000-3360"
        ),
        ("May 5 was", "may@0/ the@200/ fifth@400/ was@1000", "0-200 200-1000 1000-1440"),
        // Composed: é is one scalar here and two in the token.
        ("caf\u{E9} au", "cafe\u{301}@100/ au@1000", "100-620 1000-1360"),
        // A word without a token gets the time of the gap.
        ("yes indeed no", "yes@0/ no@1000", "0-440 440-1000 1000-1360"),
        ("so yes", "yes@1000", "0-1000 1000-1440"), ("yes so", "yes@1000", "1000-1440 1440-4000"),
        // Words left out of the text.
        ("yes", "um@0/ yes@1000/ um@3000", "1000-1440"),
        // If nothing matches, the words get the times of the tokens.
        ("一二 三四", "ab@0/cd@2000", "0-180 180-360 2000-2180 2180-2360"),
    ])
    func theTextDecidesWhichWordsThereAre(text: String, tokens: String, times: String) {
        #expect(segment(text, tokens).words().times == times)
    }

    @Test(arguments: [
        ("ab cd", "", "0-2000 2000-4000"), ("...", "", "0-4000"), ("ab cd", "...@1000", "0-2000 2000-4000"),
        // Times out of order or out of the segment.
        ("a b c", "a@500/b@100/c@9000", "500-500 500-780 4000-4000"),
        ("a b", "a@-500/b@100", "0-100 100-380"),
    ])
    func withoutValidTimesWordsShareTheAvailableTime(text: String, tokens: String, times: String) {
        #expect(segment(text, tokens).words().times == times)
    }

    /// Words without times from a model, distributed over stretches of speech in milliseconds.
    @Test(arguments: [
        // The text ends with a sentence; its last words must still not be placed before the last pause.
        (
            "Ever tried, ever failed, no matter, try again, fail again, fail better.",
            [384..<1_280, 1_920..<2_880, 3_584..<4_256, 4_928..<5_664, 6_720..<7_488, 8_224..<8_928],
            [384, 1_920, 3_584, 4_928, 6_720, 8_224]
        ),
        ("One two. Three four.", [0..<1_000, 2_000..<3_000], [0, 2_000]),
        ("One two three. Four.", [0..<1_000, 2_000..<2_400], [0, 2_000]),
        ("One two three four.", [0..<1_000, 2_000..<3_000], [0, 2_000]),
        // Too little speech for a word: a breath.
        ("One two, three four.", [0..<1_500, 2_500..<2_532], [0]),
    ])
    func eachStretchOfSpeechHasItsWords(text: String, speech: [Range<Int>], starts: [Int]) {
        let stretches = speech.map { Duration.milliseconds($0.lowerBound)..<Duration.milliseconds($0.upperBound) }
        let segment = Transcript.Segment(
            start: stretches[0].lowerBound, end: .seconds(9), text: text, speech: stretches)
        let begun = Set(segment.words().map { Int($0.start / .milliseconds(1)) })
        #expect(speech.map(\.lowerBound).filter(begun.contains) == starts)
    }

    @Test func wordsWithoutTokenTimesFillTheGap() {
        let segment = segment("ab cd ef", "ab@0/ cd@/ ef@")
        #expect(segment.hasTokenTimes)
        #expect(segment.words().times == "0-360 360-2180 2180-4000")
    }

    @Test func aSegmentThatEndsBeforeItStartsHasWordsWithoutDuration() {
        let segment = Transcript.Segment(start: .seconds(2), end: .seconds(1), text: "a b")
        #expect(!segment.hasTokenTimes)
        #expect(segment.words().times == "2000-2000 2000-2000")
    }
}

/// A segment from 0 to 4 s with tokens such as ` one@500/ two@1000`.
private func segment(_ text: String, _ tokens: String = "") -> Transcript.Segment {
    let tokens = tokens.split(separator: "/").map { token in
        let parts = token.split(separator: "@", omittingEmptySubsequences: false)
        return Token(
            text: parts.dropLast().joined(separator: "@"),
            start: parts.last.flatMap { Int($0) }.map { .milliseconds($0) })
    }
    return Transcript.Segment(start: .zero, end: .seconds(4), text: text, tokens: tokens)
}

extension [Word] {
    /// Start and end of each word in milliseconds.
    fileprivate var times: String {
        map { "\(Int($0.start / .milliseconds(1)))-\(Int($0.end / .milliseconds(1)))" }.joined(separator: " ")
    }
}
