import Essentials
import Dictation
import Testing
import TranscriptFormats

@testable import CommandLineTool

@Suite struct StatusLineTests {
    private let start = ContinuousClock.now

    private func line(_ events: [DictationEvent], width: Int = 80, hasColor: Bool = false, after time: Duration = .zero)
        -> String?
    {
        var line = StatusLine()
        line.width = width
        line.hasColor = hasColor
        line.advice = "Ctrl-C ends"
        for event in events { line.receive(event, at: start) }
        return line.text(at: start + time)
    }

    @Test func nothingIsShownAtFirst() {
        #expect(line([.started(device: "mic")]) == nil)
    }

    @Test(arguments: [
        ([Float](repeating: 0, count: 10), "░░░░░░░░░░░░░░░░░░░░"),
        ([Float](repeating: 1, count: 10), "████████████████████"),
        ([Float](repeating: 0.0316, count: 10), "██████████░░░░░░░░░░"),
    ])
    func theMeterShowsLevelAndTime(samples: [Float], bar: String) {
        #expect(line([.level(SoundLevel(of: samples), .seconds(67))]) == "● 1:07  \(bar)  Ctrl-C ends")
    }

    @Test func coloursAreOptional() {
        let event = DictationEvent.level(SoundLevel(of: [0.1]), .seconds(1))
        #expect(line([event])?.contains("\u{1B}") == false)
        #expect(line([event], hasColor: true)?.contains("\u{1B}[32m") == true)
        #expect(line([.level(SoundLevel(of: [1]), .seconds(1))], hasColor: true)?.contains("\u{1B}[31m") == true)
    }

    @Test func pendingWorkIsShownBesideTheMeter() {
        let level = DictationEvent.level(SoundLevel(of: [0.1]), .seconds(1))
        #expect(line([.transcribing(.seconds(2)), level])?.contains("transcribing…") == true)
        #expect(line([.transcribing(.seconds(2)), level, .transcribed])?.contains("transcribing…") == false)
    }

    @Test func theCountsOfAnArchiveAreShown() {
        var counts = ArchiveCounts()
        (counts.done, counts.skipped, counts.failed, counts.inHand) = (12, 3, 1, 4)
        #expect(line([.archive(counts)], after: .seconds(67)) == "⠋ 12 done, 3 skipped, 1 failed, 4 in hand  1:07")
        counts.sound = .seconds(3720)
        let shown = line([.archive(ArchiveCounts()), .archive(counts)], after: .seconds(5))
        #expect(shown == "⠋ 12 done, 3 skipped, 1 failed, 4 in hand, 1 h 2 min of sound  0:05")
        #expect(line([.archive(counts)], width: 20)?.count == 19)
    }

    @Test func whatIsSaidIsShownBesideTheMeter() {
        let level = DictationEvent.level(SoundLevel(of: [0.1]), .seconds(1))
        let meter = "● 0:01  █████████████░░░░░░░"
        #expect(line([level, .live(" Ever tried.\nEver")]) == meter + "  Ever tried. Ever")
        #expect(line([level, .live("one"), .live("one two")]) == meter + "  one two")
        #expect(line([level, .live("one"), .live("")]) == meter + "  Ctrl-C ends")
        #expect(line([level, .live("a\u{1B}[2Jb\u{7}")])?.contains("\u{1B}") == false)
        #expect(line([.live("one")]) == nil)
    }

    @Test(arguments: [10, 20, 30, 40, 80])
    func theEndOfALongTextIsShown(width: Int) throws {
        let level = DictationEvent.level(SoundLevel(of: [0.1]), .seconds(1))
        for text in ["no matter try again fail again fail better", "今天天气很好我们去公园散步然后回家吃饭"] {
            let words = String(repeating: text, count: 5)
            let line = try #require(self.line([level, .live(words)], width: width))
            #expect(line.columns < width && line.columns >= width - 2, "\(line)")
            #expect(line.contains("…") && line.hasSuffix(String(words.suffix(3))), "\(line)")
        }
    }

    @Test func theSpinnerTurnsWhileWaiting() {
        let events = [DictationEvent.listened, .transcribing(.seconds(7))]
        let first = line(events)
        #expect(first?.hasSuffix("Transcribing 7 s of sound… 0:00") == true)
        #expect(line(events, after: .milliseconds(150)) != first)
        #expect(line(events + [.transcribed]) == nil)
    }

    @Test func aLongFileHasABar() {
        let events = [DictationEvent.transcribing(.seconds(3600)), .progress(.sent(1))]
        #expect(line(events + [.progress(.heard(.seconds(1800)))])?.hasSuffix("  30:00 of 1:00:00") == true)
        #expect(line(events + [.progress(.heard(.seconds(1800)))])?.hasPrefix("████████████████████░") == true)
        #expect(line([events[0], .progress(.sent(0.25))])?.hasSuffix("  sending") == true)
        #expect(line([.transcribing(.seconds(5)), .progress(.heard(.seconds(2)))])?.contains("Transcribing") == true)
    }

    @Test(arguments: [(Duration.longest, "█"), (.seconds(Int64.max), "█"), (.zero - .longest, "░")])
    func progressBeyondTheEndFillsTheBar(heard: Duration, bar: String) {
        let text = line([.transcribing(.seconds(30)), .progress(.sent(1)), .progress(.heard(heard))])
        #expect(text?.hasPrefix(String(repeating: bar, count: 10)) == true, "\(text ?? "")")
    }

    @Test(arguments: [10, 20, 40, 60])
    func theLineFitsTheTerminal(width: Int) {
        let level = DictationEvent.level(SoundLevel(of: [0.1]), .seconds(1))
        for events in [
            [level], [.transcribing(.seconds(7))], [.transcribing(.seconds(90)), .progress(.heard(.seconds(9)))],
        ] {
            #expect((line(events, width: width)?.count ?? 0) < width)
        }
    }
}
