import SpeechTypes
import Testing

@testable import APIServer

/// Which language a recording is said to be in.
@Suite struct LanguageTallyTests {
    /// Languages, seconds and texts of segments.
    @Test(
        arguments: [
            (segments: [("en", 1, "a")], winner: "en", heard: 1),
            (segments: [("en", 5, "a"), ("de", 4, "b"), ("de", 2, "c")], winner: "de", heard: 11),
            (segments: [("de", 2, "a"), ("en", 2, "b")], winner: "de", heard: 4),
            (segments: [("ja", 20, ""), ("en", 1, "a")], winner: "en", heard: 1),
            (segments: [(nil, 20, "a"), ("en", 1, "b")], winner: "en", heard: 1),
            (segments: [(nil, 1, "a"), ("en", 1, "")], winner: nil, heard: 0),
            (segments: [], winner: nil, heard: 0),
        ] as [(segments: [(String?, Int, String)], winner: String?, heard: Int)])
    func theLanguageSpokenLongestWins(segments: [(String?, Int, String)], winner: String?, heard: Int) {
        var tally = LanguageTally()
        for (code, seconds, text) in segments {
            let end = Duration.seconds(100 + seconds)
            tally.add(.init(start: .seconds(100), end: end, text: text, language: code.map { Language(code: $0) }))
        }
        #expect(tally.winner?.code == winner)
        #expect(tally.heard == .seconds(heard))
    }

    @Test func halfAMinuteOfSpeechIsEnough() {
        var tally = LanguageTally()
        for (start, end, isEnough) in [(0, 20, false), (60, 69, false), (80, 81, true)] {
            tally.add(
                .init(start: .seconds(start), end: .seconds(end), text: "a", language: Language(code: "en")))
            #expect(tally.isEnough == isEnough)
        }
    }
}
