import SpeechTypes
import Testing

@Suite struct TranscriptTests {
    @Test(arguments: [
        ([], ""), (["Hello."], "Hello."), (["Hello.", "How are you?"], "Hello. How are you?"),
        (["你好，", "世界。"], "你好，世界。"), (["今日は", "カタカナ。"], "今日はカタカナ。"), (["ㄅㄆ", "中"], "ㄅㄆ中"),
        (["สวัสดี", "ครับ"], "สวัสดีครับ"), (["ສະບາຍ", "ດີ"], "ສະບາຍດີ"), (["မင်္ဂလာ", "ပါ"], "မင်္ဂလာပါ"),
        (["សួស្តី", "អ្នក"], "សួស្តីអ្នក"), (["𠮷", "野"], "𠮷野"), (["안녕하세요.", "반갑습니다."], "안녕하세요. 반갑습니다."),
        (["Привет.", "Как дела?"], "Привет. Как дела?"), (["我用", "Swift", "写的。"], "我用 Swift 写的。"),
        (["你好。", "Hello.", "再见。"], "你好。Hello. 再见。"), (["", "a", "", "b", ""], "a b"), (["你", "", "好"], "你好"),
    ])
    func joinsTextsAsTheirScriptsDo(texts: [String], whole: String) {
        var transcript = Transcript()
        let deltas = texts.map { transcript.append(segment($0)) }
        #expect(transcript.text == whole)
        #expect(deltas.joined() == whole)
        #expect(transcript.segments.map(\.text) == texts.filter { !$0.isEmpty })
    }

    @Test(arguments: [
        ("", "a", false), ("a", "", false), ("", "", false), ("a", "b", true), ("中", "b", true), ("a", "中", true),
        ("中", "文", false), ("。", "「", false), ("！", "中", false), ("中", "👍", true), ("한", "국", true),
        ("你好，", "“世界”", false), ("“你好”", "世界", false), ("他…", "走", false), ("said:", "“yes”", true),
        ("“yes”", "he", true), ("中”", "b", true), ("，", "b", false), ("…", "“", true),
    ])
    func aSpaceSeparatesTextsUnlessBothScriptsUseNone(left: String, right: String, needed: Bool) {
        #expect(Script.needsSpace(between: left, and: right) == needed)
    }

    @Test func languageIsTheFirstDetectedOne() {
        var transcript = Transcript()
        transcript.append(segment("hm"))
        #expect(transcript.language == nil)
        transcript.append(segment("hello", language: Language(code: "en")))
        transcript.append(segment("你好", language: Language(code: "zh")))
        #expect(transcript.language == Language(code: "en"))
    }

    @Test func silenceHasOnlyADuration() {
        let silence = Transcript(duration: .seconds(3))
        #expect(silence.segments.isEmpty && silence.text.isEmpty && silence.language == nil)
        #expect(silence.duration == .seconds(3))
    }
}

private func segment(_ text: String, language: Language? = nil) -> Transcript.Segment {
    Transcript.Segment(start: .zero, end: .seconds(1), text: text, language: language)
}
