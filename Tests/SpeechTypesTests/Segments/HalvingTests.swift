@testable import SpeechTypes
import TestSupport
import Testing

@BlockingCalls @Suite struct HalvingTests {
    @Test(arguments: [0, 1, 400, 15_999])
    func lessThanASecondIsNotHalved(length: Int) {
        let segment = SpeechSegment(offset: 7, audio: .noise(length, quiet: 0..<0))
        #expect(segment.halved() == nil)
    }

    @Test(arguments: [16_000, 16_001, 48_000, 160_000])
    func theHalvesJoinToTheWhole(length: Int) throws {
        let segment = SpeechSegment(offset: 1_000, audio: .noise(length, quiet: 0..<0))
        let (first, second) = try #require(segment.halved())
        #expect(first.audio.samples + second.audio.samples == segment.audio.samples)
        #expect(first.offset == 1_000)
        #expect(second.offset == 1_000 + first.audio.samples.count)
        #expect((length / 3...length * 2 / 3).contains(first.audio.samples.count))
    }

    @Test(arguments: Array(stride(from: 16_500, to: 29_000, by: 1_111)))
    func theCutIsAtTheQuietestPointOfTheMiddleThird(quiet: Int) throws {
        let sound = AudioBuffer.noise(48_000, quiet: quiet..<quiet + 1_920)
        let (first, _) = try #require(SpeechSegment(offset: 0, audio: sound).halved())
        #expect((quiet...quiet + 1_920).contains(first.audio.samples.count))
    }

    @Test func quietInTheOuterThirdsDoesNotMoveTheCut() throws {
        let sound = AudioBuffer.noise(48_000, quiet: 4_000..<12_000)
        let (first, second) = try #require(SpeechSegment(offset: 0, audio: sound).halved())
        #expect(min(first.audio.samples.count, second.audio.samples.count) >= 16_000)
    }
}
