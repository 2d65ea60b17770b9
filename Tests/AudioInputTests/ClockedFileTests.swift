import AudioInput
import Testing

/// Files whose sound begins late, or has gaps: speech is where a player plays it.
@Suite struct ClockedFileTests {
    @Test(
        arguments: [
            ("audio_starts_at_5s.mkv", [5.1], 11.656), ("gap_10s.webm", [0.05, 13.5], 16.6),
            ("starts_at_3s.mp4", [3.25], 4.088), ("starts_at_3s.ts", [3.25], 4.05),
            ("starts_at_3s.mpeg", [3.25], 4.05),
            ("gap_6s.mp4", [0.25, 8.4], 9.648), ("gap_6s.ts", [0.25, 8.4], 9.664), ("gap_6s.wma", [0.25, 8.4], 9.648),
            ("gap_6s.mpeg", [0.25, 8.4], 9.664), ("pauses.amr", [0.25, 2.45], 3.62),
            ("pauses.3gp", [0.25, 2.45], 3.62),
            ("low_rate.mp3", [0.25], 1.073),
        ] as [(String, [Double], Double)])
    func speechIsWhereAPlayerPlaysIt(file: String, starts: [Double], length: Double) throws {
        let result = try decode(Fixtures.container(file))
        #expect(result.loudStarts.count == starts.count, "\(result.loudStarts)")
        for (heard, start) in zip(result.loudStarts, starts) { #expect(abs(heard - start) <= 0.11, "\(heard)") }
        #expect(abs(result.seconds - length) < 0.02)
        #expect(result.damagedPackets == 0)
    }

    @Test func silenceIsMadeASecondAtATime() throws {
        let result = try decode(Fixtures.container("gap_10s.webm"))
        #expect(result.chunks.dropLast().allSatisfy { $0 == 16_000 })
    }

    @Test func aGapThatIsNotBelievedIsTold() throws {
        let late = try decode(Fixtures.container("late_10h.webm"))
        #expect(late.damagedPackets == 1)
        #expect(abs(late.seconds - 1.073) < 0.02)
        let long = try decode(
            Fixtures.container("late_10h.webm"), limits: AudioLimits(maximumDuration: .seconds(11 * 3600)))
        #expect(long.damagedPackets == 1)
    }

    @Test func aShortLimitClosesGapsAndRefusesNothing() throws {
        let result = try decode(
            Fixtures.container("gap_6s.ts"), limits: AudioLimits(maximumDuration: .seconds(5)))
        #expect(abs(result.seconds - 3.6) < 0.1)
        #expect(result.damagedPackets == 1)
    }
}
