@testable import APIServer
import SpeechTypes
import Testing

@Suite struct TurnTextTests {
    private static func piece(_ text: String) -> [Transcript.Segment] {
        [Transcript.Segment(start: .zero, end: .zero, text: text)]
    }

    @Test func deltasJoinToTheText() {
        var text = TurnText()
        var sent = text.look("It was")
        sent += text.look("It was the best")
        sent += text.piece(Self.piece("It was the best of times,"))
        sent += text.look("it was")
        sent += text.piece(Self.piece("it was the worst of times."))
        #expect(sent == "It was the best of times, it was the worst of times.")
        #expect(text.transcript.text == sent)
    }

    @Test func aContradictedWordIsCorrectedAtTheEndOnly() {
        var text = TurnText()
        #expect(text.look("Write him") == "Write him")
        #expect(text.piece(Self.piece("Right, three")) == "")
        #expect(text.piece(Self.piece("left.")) == " left.")
        #expect(text.transcript.text == "Right, three left.")
    }

    @Test func otherPunctuationOfTheSameWordsIsNoContradiction() {
        var text = TurnText()
        #expect(text.look("It was the best of times. it was the") == "It was the best of times. it was the")
        #expect(text.piece(Self.piece("It was the best of times, it was the worst.")) == " worst.")
        #expect(text.look("It") == " It")
    }

    @Test func aLookThatSaysNoMoreThanWasSentIsNoDelta() {
        var text = TurnText()
        #expect(text.look("one two") == "one two")
        #expect(text.look("one") == "")
        #expect(text.look("one two three") == " three")
        #expect(text.piece(Self.piece("one two three")) == "")
    }

    @Test func scriptsWithoutSpacesAreJoinedWithout() {
        var text = TurnText()
        #expect(text.piece(Self.piece("开放")) + text.piece(Self.piece("时间")) == "开放时间")
    }
}
