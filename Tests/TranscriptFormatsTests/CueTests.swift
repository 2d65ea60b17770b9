import SpeechTypes
import Testing

@testable import TranscriptFormats

@Suite struct CueTests {
    @Test(arguments: [
        (0, "00:00:00,000"), (7, "00:00:00,007"), (59_999, "00:00:59,999"), (3_661_500, "01:01:01,500"),
        (359_999_999, "99:59:59,999"), (360_000_000, "100:00:00,000"),
    ])
    func aTimestampPadsEveryField(milliseconds: Int, text: String) {
        #expect(Cue.timestamp(milliseconds, decimalMark: ",") == text)
    }

    @Test func bothTimesAreOnOneLine() {
        let cue = Cue(start: 1500, end: 61_000, lines: ["hm"])
        #expect(cue.timing(decimalMark: ".") == "00:00:01.500 --> 00:01:01.000")
    }

    /// Lines are separated by `/`, cues by `//`.
    @Test(arguments: [
        ("Short.", "Short."),
        // A line holds 42 columns, and no more.
        ("12345678 12345678 12345678 12345678 123456", "12345678 12345678 12345678 12345678 123456"),
        ("12345678 12345678 12345678 12345678 1234567", "12345678 12345678/12345678 12345678 1234567"),
        ("一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九十一"),
        ("一二三四五六七八九十一二三四五六七八九十一二", "一二三四五六七八九十一/二三四五六七八九十一二"),
        // Sentences first, then other punctuation.
        (
            "This first sentence goes over more than just a line of text. The second one does the same as the first.",
            "This first sentence goes over/more than just a line of text.//The second one does the same as the first."
        ),
        (
            "When all of the lights went out again, nobody moved.",
            "When all of the lights went out again,/nobody moved."
        ),
        ("A very short one. And then a longer sentence", "A very short one./And then a longer sentence"),
        ("“Is it true?” she said to us, and that was all", "“Is it true?”/she said to us, and that was all"),
        // No line starts with closing punctuation.
        ("一二三四五六七八九十一二三四五六七八九十一。", "一二三四五六七八九十一/二三四五六七八九十一。"),
        ("今天我们来看一看语音识别的历史，从第一台机器到今天", "今天我们来看一看语音识别的历史，/从第一台机器到今天"),
        // A word that is too long is split; wide characters count double.
        (
            "a 12345678901234567890123456789012345678901234567890",
            "a/123456789012345678901234567890123456789012//34567890"
        ),
        ("！！！！！！！！！！！！！！！！！！！！！！", "！！！！！！！！！！！！！！！！！！！！！/！"),
        ("white\n\n space\tgoes", "white space goes"),
    ])
    func linesBreakAtPhrases(text: String, lines: String) {
        var transcript = Transcript(duration: .seconds(20))
        transcript.append(.init(start: .zero, end: .seconds(6), text: text))
        #expect(transcript.cues().map { $0.lines.joined(separator: "/") }.joined(separator: "//") == lines)
    }

    /// Segments in milliseconds, and the cues made of them in a recording of 20 s.
    @Test(arguments: [
        ("one two three", [0, 3000], [0, 3000]),
        // No longer than 7 s: four words in 12 s, one in 16 s.
        ("one two six ten", [0, 12_000], [0, 6000, 6000, 12_000]), ("one", [0, 16_000], [0, 7000]),
        // No shorter than five sixths of a second, if the recording goes on.
        ("one", [1000, 1100], [1000, 1833]), ("one", [19_500, 19_600], [19_500, 20_000]),
        // Outside the recording: moved to the nearest time within it.
        ("one", [-3000, -2000], [0, 1]), ("one", [21_000, 22_000], [19_999, 20_000]),
    ])
    func cuesHaveTheTimesOfTheirWords(text: String, segment: [Int], cues: [Int]) {
        var transcript = Transcript(duration: .seconds(20))
        transcript.append(.init(start: .milliseconds(segment[0]), end: .milliseconds(segment[1]), text: text))
        #expect(transcript.cues().flatMap { [$0.start, $0.end] } == cues)
    }

    @Test func aShortCueEndsWhereTheNextBegins() {
        var transcript = Transcript(duration: .seconds(20))
        transcript.append(.init(start: .zero, end: .milliseconds(100), text: "One."))
        transcript.append(.init(start: .milliseconds(500), end: .milliseconds(2000), text: "Two."))
        #expect(transcript.cues().flatMap { [$0.start, $0.end] } == [0, 500, 500, 2000])
    }

    @Test func aCueEndsWithASilence() {
        var transcript = Transcript(duration: .seconds(20))
        transcript.append(.spoken("one two | | | three four", from: .zero))
        #expect(transcript.cues().map(\.lines) == [["one two"], ["three four"]])
        #expect(transcript.cues().map(\.start) == [0, 3660])
    }

    @Test func aRecordingWithoutDurationHasCuesWithoutDuration() {
        var transcript = Transcript()
        transcript.append(.init(start: .zero, end: .seconds(1), text: "One."))
        #expect(transcript.cues() == [Cue(start: 0, end: 0, lines: ["One."])])
    }
}

@Suite struct ColumnWidthTests {
    @Test(arguments: [
        ("", 0), ("abc é", 5), ("e\u{301}", 1), ("中文", 4), ("カナ", 4), ("ｶﾅ", 2), ("한글", 4),
        ("\u{1112}\u{1161}\u{11AB}", 2),
        ("。", 2), ("Ａ！", 4), ("…—", 2), ("😀", 2), ("👩‍👩‍👧", 2), ("☺", 1), ("☺\u{FE0F}", 2), ("🇫🇷", 2), ("ไทย", 3), ("𠮷", 2),
    ])
    func wideCharactersTakeTwoColumns(text: String, columns: Int) {
        #expect(text.columns == columns)
    }
}

@Suite struct MillisecondClockTests {
    /// The requested time, the minimum step, the rest to leave, and the resulting time of a clock of 100 ms.
    @Test(arguments: [
        (50, 0, 0, 50), (0, 0, 0, 20), (0, 5, 0, 25), (50, 5, 0, 50), (200, 0, 0, 100), (200, 0, 30, 70),
        (0, 0, 90, 20),
        (50, 40, 60, 40), (200, 90, 0, 100),
    ])
    func cueLimitsYieldToTheRecordingsLength(wanted: Int, step: Int, rest: Int, time: Int) {
        var clock = MillisecondClock(duration: .milliseconds(100))
        #expect(clock.advance(to: .milliseconds(20)) == 20)
        #expect(clock.advance(to: .milliseconds(wanted), atLeast: step, leaving: rest) == time)
    }
}
