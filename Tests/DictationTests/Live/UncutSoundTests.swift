import Testing

@testable import Dictation

@Suite struct UncutSoundTests {
    private func ramp(_ range: Range<Int>) -> [Float] { range.map { Float($0) } }

    @Test func soundIsPassedOnInPieces() {
        var sound = UncutSound(earliestCut: nil)
        #expect(sound.receive(ramp(0..<1599)) == [])
        #expect(sound.receive(ramp(1599..<1610)) == ramp(0..<1610))
        #expect(sound.receive(ramp(1610..<1700)) == [])
        #expect(sound.received == 1700 && sound.end(after: 1700) == ramp(1610..<1700))
    }

    @Test(arguments: [(5000, 5000..<5000), (5001, 5000..<5001), (7000, 5000..<7000), (9000, 5000..<8000)])
    func nothingBehindTheCutIsPassedOn(cut: Int, rest: Range<Int>) {
        var sound = UncutSound(earliestCut: 5000)
        #expect(sound.receive(ramp(0..<4000)) == ramp(0..<4000))
        // Less than a piece may be passed on.
        #expect(sound.receive(ramp(4000..<6000)) == [] && sound.receive(ramp(6000..<8000)) == [])
        #expect(sound.end(after: cut) == ramp(4000..<5000) + ramp(rest))
    }

    @Test func theSilenceThatEndsARecordingMayHaveBeenPassedOn() {
        var sound = UncutSound(earliestCut: nil)
        #expect(sound.receive(ramp(0..<3200)) == ramp(0..<3200))
        #expect(sound.receive(ramp(3200..<3300)) == [])
        #expect(sound.end(after: 3000) == [])
    }
}
