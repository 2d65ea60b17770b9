import Testing
import TranscriptFormats

@testable import Dictation

@Suite struct SpokenTextTests {
    @Test(arguments: [
        (" Hello \n", "Hello"), ("a\u{1B}[31mb\u{7}\r\n c\td\u{9B}", "a[31mb\n c\td"), (" \n\t", ""),
        ("[BLANK_AUDIO]", ""),
        ("[ Silence ]", ""), ("(upbeat music) [MUSIC]\n", ""), ("*coughs*", ""), ("♪♪♪", ""), ("<|nospeech|>", ""),
        ("...", ""),
        ("[Silence].", ""), ("Hello [BLANK_AUDIO] world", "Hello world"), ("<|en|>Hello", "Hello"),
        ("(Hello) world", "(Hello) world"), ("5 * 3 * 2", "5 * 3 * 2"), ("?", "?"), ("[x", "[x"), ("a\nb", "a\nb"),
    ])
    func aTextIsCleaned(text: String, cleaned: String) {
        #expect(SpokenText.cleaned(text) == cleaned)
    }

    @Test(arguments: [
        ([" ", "Hello", " ", "world. ", "\n"], ["", "Hello", "", " world.", ""]),
        (["[BLANK", "_AUDIO]", " "], ["", "", ""]), (["[BLANK_AUDIO]", " Hello"], ["", "[BLANK_AUDIO] Hello"]),
        (["(Hello", ") world"], ["", "(Hello) world"]), (["a\u{1B}", "[2Jb"], ["a", "[2Jb"]),
    ])
    func streamedTextIsPrintedAsTheWholeTextWillBe(deltas: [String], pieces: [String]) {
        var stream = SpokenTextStream()
        #expect(deltas.map { stream.add($0) } == pieces)
    }

    @Test(arguments: [
        (["Hello", " world. "], "Hello world.", ""), ([], "Hello", "Hello"), (["[BLANK_AUDIO]"], "", ""),
        (["Hel"], "Hello", "lo"),
        (["Hello"], "Hallo", ""),
    ])
    func theRemainingTextComesAtTheEnd(deltas: [String], whole: String, rest: String) {
        var stream = SpokenTextStream()
        for delta in deltas { _ = stream.add(delta) }
        #expect(stream.rest(of: whole) == rest)
    }

    @Test(arguments: [
        (["Hello", " world. "], "Hello world.", ""), ([], "Hello", "Hello"), (["Hel"], "Hello", "lo"),
        (["Hello"], "Hallo", "\nHallo"), (["[BLANK_AUDIO]"], "Hello", "Hello"), (["one"], "", "\n"),
    ])
    func theLastLineIsTheText(deltas: [String], whole: String, end: String) {
        var stream = SpokenTextStream()
        for delta in deltas { _ = stream.add(delta) }
        #expect(stream.end(of: whole) == end)
    }

    @Test(arguments: [
        (ResponseFormat.json, #"{"text": " "}"#, false), (.json, #"{"text": "a"}"#, true),
        (.verboseJSON, #"{"text": "[ Silence ]"}"#, false), (.srt, "", false), (.srt, "1\n0 --> 1\na", true),
        (.vtt, "WEBVTT\n", false), (.text, "a", true),
    ])
    func aDocumentWithoutTextCountsAsSilence(format: ResponseFormat, document: String, isSpoken: Bool) {
        #expect(SpokenText.isSpoken(in: document, format: format) == isSpoken)
    }
}
