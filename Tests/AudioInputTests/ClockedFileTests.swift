import AudioInput
import Testing

/// Files whose sound starts late or has gaps: speech has the times at which a player plays it.
@Suite struct ClockedFileTests {
    @Test(
        arguments: [
            ("audio_starts_at_5s.mkv", [5.1], 11.656), ("gap_10s.webm", [0.05, 13.5], 16.6),
            ("starts_at_3s.mp4", [3.25], 4.088), ("starts_at_3s.ts", [3.25], 4.05),
            ("starts_at_3s.mpeg", [3.25], 4.05),
            ("gap_6s.mp4", [0.25, 8.4], 9.648), ("gap_6s.ts", [0.25, 8.4], 9.664), ("gap_6s.wma", [0.25, 8.4], 9.648),
            ("gap_6s.mpeg", [0.25, 8.4], 9.664), ("pauses.amr", [0.25, 2.45], 3.62),
            ("pauses.3gp", [0.25, 2.45], 3.62),
            ("low_rate.mp3", [0.25], 1.073), ("laced_opus_8k.mka", [0.25], 1.073),
            ("starts_at_2s.m4a", [2.25], 3.088),
        ] as [(String, [Double], Double)])
    func speechHasTheTimesOfAPlayer(file: String, starts: [Double], length: Double) throws {
        let result = try decode(Fixtures.container(file))
        #expect(result.loudStarts.count == starts.count, "\(result.loudStarts)")
        for (heard, start) in zip(result.loudStarts, starts) { #expect(abs(heard - start) <= 0.11, "\(heard)") }
        #expect(abs(result.seconds - length) < 0.02)
        #expect(result.damagedPackets == 0)
    }

    @Test func silenceIsProducedASecondAtATime() throws {
        let result = try decode(Fixtures.container("gap_10s.webm"))
        #expect(result.chunks.dropLast().allSatisfy { $0 == 16_000 })
    }

    /// Parts of a stream whose beginning is not in the file: clusters, fragments, pages.
    @Test(
        arguments: [
            ("late_10h.webm", [0.25], 1.073), ("late_fragments.mp4", [0], 1.152),
            ("joined_late.oga", [0.402, 1.821, 3.998], 5.166),
            // The file starts with a picture at 20 s.
            ("starts_at_23s.mkv", [3.25], 4.088),
        ] as [(String, [Double], Double)])
    func theTimeBeforeTheFirstFragmentIsNotFilled(file: String, starts: [Double], length: Double) throws {
        try speechHasTheTimesOfAPlayer(file: file, starts: starts, length: length)
    }

    /// The end time in its header, or in its last page, counts from long before its first sound.
    @Test(arguments: [("late_fragments.mp4", 2), ("joined_late.oga", 6), ("starts_at_23s.mkv", 5)])
    func aPieceIsNotRefusedForTheTimeBeforeIt(file: String, limit: Int) throws {
        let longest = Duration.seconds(limit)
        #expect(try decode(Fixtures.container(file), longest: longest).damagedPackets == 0)
    }

    @Test func anIgnoredGapIsReported() throws {
        let cluster: [UInt8] = [0x1F, 0x43, 0xB6, 0x75]
        func clusters(of file: String) throws -> (head: [UInt8], first: [UInt8]) {
            var bytes = try Fixtures.bytes(container: file)
            let name: [UInt8] = [0x18, 0x53, 0x80, 0x67, 0x01]
            let segment = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
            bytes.replaceSubrange(segment + 5..<segment + 12, with: [UInt8](repeating: 0xFF, count: 7))  // any size
            let starts = bytes.indices.filter { bytes[$0...].starts(with: cluster) }
            return (Array(bytes[..<starts[0]]), Array(bytes[starts[0]..<(starts.dropFirst().first ?? bytes.count)]))
        }
        let (start, end) = try (clusters(of: "gap_10s.webm"), clusters(of: "late_10h.webm"))
        for hours in [6, 11] {
            let result = try decode(
                start.head + start.first + end.first, longest: .seconds(hours * 3600))
            #expect(result.damagedPackets == 1)
            #expect(result.seconds < 20)
        }
    }

    /// GStreamer's avimux leaves the rate at zero when it writes to a pipe.
    @Test func anAVIFileIsTimedByItsSamples() throws {
        let whole = try Fixtures.bytes(container: "word.avi")
        var bytes = whole
        bytes.replaceSubrange(0x80..<0x88, with: little(UInt32(1)) + little(UInt32(0)))  // scale and rate
        bytes.replaceSubrange(0x8C..<0x90, with: little(UInt32(0)))  // length
        bytes.replaceSubrange(0x98..<0x9C, with: little(UInt32(1)))  // size of a sample
        bytes.replaceSubrange(0xB4..<0xBA, with: little(UInt32(0)) + little(UInt16(1)))  // bytes a second, of a block
        let result = try decode(bytes)
        #expect(result.damagedPackets == 0)
        #expect(abs(result.seconds - 1.073) < 0.1)
    }

    @Test func aShortLimitClosesGapsAndRefusesNothing() throws {
        let result = try decode(
            Fixtures.container("gap_6s.ts"), longest: .seconds(5))
        #expect(abs(result.seconds - 3.6) < 0.1)
        #expect(result.damagedPackets == 1)
    }
}
