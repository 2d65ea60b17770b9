import Testing

@testable import APIServer

/// How fast a model is.
struct ThroughputTests {
    @Test func theInitialEstimateIsTenTimesFasterThanSpeech() {
        #expect(Throughput().time(for: 100) == .seconds(10))
    }

    @Test(arguments: [(1, 0.1), (10, 0.1), (3_600, 0.1)])
    func steadyWorkIsMeasuredExactly(seconds: Int, tolerance: Double) {
        var throughput = Throughput()
        for _ in 0..<(3_600 / seconds) { throughput.add(30.0 * Double(seconds), in: .seconds(seconds)) }
        #expect(abs(throughput.time(for: 3_000) / .seconds(1) - 100) < 100 * tolerance)
    }

    @Test func theEstimateFollowsAChangeWithinMinutes() {
        var throughput = Throughput()
        for _ in 0..<3_600 { throughput.add(30, in: .seconds(1)) }
        for _ in 0..<60 { throughput.add(3, in: .seconds(1)) }
        let afterOne = throughput.time(for: 30) / .seconds(1)
        #expect(afterOne > 1.5 && afterOne < 3)
        for _ in 0..<600 { throughput.add(3, in: .seconds(1)) }
        #expect(throughput.time(for: 30) / .seconds(1) > 9)
    }

    @Test func theWaitOfAStuckModelIsAtMostADay() {
        var throughput = Throughput()
        throughput.add(0, in: .seconds(1_000_000))
        #expect(throughput.time(for: 1e9) == .seconds(86_400))
        #expect(throughput.time(for: 0) == .zero)
    }
}

/// How long a recording is, by its size and name.
struct RecordingLengthTests {
    @Test(arguments: [
        ("a.wav", 32_000), ("A.WAV", 32_000), ("talk.v2.mp3", 16_000), ("note.m4a", 16_000), ("memo.opus", 4_000),
        ("live.webm", 4_000), ("speech", 16_000), ("", 16_000), (".wav", 32_000), ("wav", 16_000), ("x.flac", 16_000),
    ])
    func theFirstEstimateIsAUsualRateOfTheFormat(name: String, bytesPerSecond: Int) {
        let format = RecordingFormat(fileName: name)
        #expect(RecordingLengths().estimate(of: 60 * bytesPerSecond, format) == 60)
    }

    /// Each format is measured by itself, so recordings of one do not spoil the estimate of another.
    @Test func aMixOfFormatsIsMeasuredByFormat() {
        var lengths = RecordingLengths()
        let rates: [(RecordingFormat, Int)] = [(.wav, 88_200), (.ogg, 2_000), (.mp3, 8_000)]
        for _ in 0..<100 {
            for (format, rate) in rates { lengths.add(60 * rate, format, lasting: 60) }
        }
        for (format, rate) in rates {
            #expect(abs(lengths.estimate(of: 600 * rate, format) - 600) < 6)
        }
        #expect(lengths.estimate(of: 16_000_000, .mp4) == 1_000)
    }

    @Test func theLatestRecordingsCountMost() {
        var lengths = RecordingLengths()
        for _ in 0..<100 { lengths.add(32_000 * 60, .wav, lasting: 60) }
        for _ in 0..<60 { lengths.add(8_000 * 60, .wav, lasting: 60) }
        #expect(abs(lengths.estimate(of: 8_000 * 100, .wav) - 100) < 10)
    }

    /// Hours of silence in a few bytes, and files that are nearly all pictures.
    @Test func noRecordingMakesEstimatesUseless() {
        var lengths = RecordingLengths()
        lengths.add(1_000, .flac, lasting: 6 * 3_600)
        #expect(lengths.estimate(of: 25_000, .flac) == 100)
        #expect(lengths.estimate(of: .max, .flac) == 86_400)
        lengths.add(1 << 40, .mp4, lasting: 0)
        #expect(lengths.estimate(of: 1 << 40, .mp4) < 100)
    }
}
