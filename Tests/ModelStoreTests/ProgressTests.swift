import Testing

@testable import ModelStore

struct ProgressTests {
    private static func arrived(_ megabytes: Int64, of total: Int64? = 200) -> DownloadProgress {
        DownloadProgress(
            model: "voice", phase: .downloading, received: megabytes * 1_000_000, total: total.map { $0 * 1_000_000 })
    }

    @Test(arguments: [
        (Int64(103), Int64?(228), "45 % (103 MB of 228 MB)"), (0, 228, "0 % (0 B of 228 MB)"),
        (2, 4, "50 % (2.0 MB of 4.0 MB)"), (228, 228, "100 % (228 MB of 228 MB)"),
        (300, 228, "100 % (300 MB of 228 MB)"),
        (103, nil, "103 MB"),
    ])
    func progressIsInWholePercentAndMegabytes(received: Int64, total: Int64?, text: String) {
        #expect(Self.arrived(received, of: total).amount == text)
    }

    @Test func aLineIsLoggedPerPhaseAndPerTenPercentOrTenSeconds() {
        let start = ContinuousClock.now
        var lines = ProgressLines()
        func line(_ progress: DownloadProgress, after seconds: Int) -> String? {
            lines.line(for: progress, at: start + .seconds(seconds))
        }
        #expect(
            line(DownloadProgress(model: "voice", phase: .connecting(to: "http://h/v")), after: 0)
                == "Downloading voice from http://h/v")
        #expect(line(Self.arrived(0), after: 0) == "Downloading voice: 0 % (0 B of 200 MB)")
        #expect(line(Self.arrived(60), after: 1) == nil, "too soon")
        #expect(line(Self.arrived(60), after: 2) == "Downloading voice: 30 % (60 MB of 200 MB)")
        #expect(line(Self.arrived(78), after: 6) == nil, "too little")
        #expect(line(Self.arrived(79), after: 12) == "Downloading voice: 39 % (79 MB of 200 MB)")
        #expect(
            line(DownloadProgress(model: "voice", phase: .unpacking, received: 1, total: 1), after: 12)
                == "Downloaded voice (100 % (1 B of 1 B)), unpacking")
        #expect(
            line(DownloadProgress(model: "voice", phase: .finished(directory: "/m/voice")), after: 12)
                == "Model voice is in /m/voice")
    }

    @Test func withoutATotalLinesAreLoggedByTime() {
        let start = ContinuousClock.now
        var lines = ProgressLines()
        #expect(lines.line(for: Self.arrived(1, of: nil), at: start) == "Downloading voice: 1.0 MB")
        #expect(lines.line(for: Self.arrived(99, of: nil), at: start + .seconds(9)) == nil)
        #expect(lines.line(for: Self.arrived(99, of: nil), at: start + .seconds(10)) == "Downloading voice: 99 MB")
    }
}

/// The transfer rate and the remaining time.
struct TransferRateTests {
    private let start = ContinuousClock.now

    @Test func theRateIsThatOfTheLastSeconds() {
        var rate = TransferRate()
        #expect(rate.perSecond(at: start) == nil)
        for second in 0...30 {
            // A megabyte a second for twenty seconds, then three.
            let received = second <= 20 ? second : 20 + (second - 20) * 3
            rate.add(Int64(received) * 1_000_000, at: start + .seconds(second))
        }
        let now = rate.perSecond(at: start + .seconds(30))
        #expect(now == 3_000_000, "\(now ?? 0)")
        #expect((rate.perSecond(at: start + .seconds(40)) ?? 0) == 1_500_000, "a stall slows it down")
    }

    @Test func aRestartedDownloadIsMeasuredAnew() {
        var rate = TransferRate()
        rate.add(9_000_000, at: start)
        rate.add(10_000_000, at: start + .seconds(2))
        rate.add(0, at: start + .seconds(3))
        #expect(rate.perSecond(at: start + .seconds(3)) == nil)
        rate.reset()
        #expect(rate.perSecond(at: start + .seconds(60)) == nil)
    }

    @Test(arguments: [
        (Int64(100), Int64?(300), Double?(10), "10 B/s, 20 s left"), (0, 7_384_000, 2000, "2.0 kB/s, 1 h 1 min left"),
        (0, nil, 3_200_000, "3.2 MB/s"), (0, 100, nil, ""), (100, 100, 5, "5 B/s, 0 s left"), (0, 100, 0, "0 B/s"),
        (5, 106, 1, "1 B/s, 1 min 41 s left"), (0, .max, 0.0001, "0 B/s, 262800 h left"),
        (0, 1, 1e300, "9223372 TB/s, 1 s left"),
    ])
    func theTimeLeftIsInWords(received: Int64, total: Int64?, rate: Double?, words: String) {
        let progress = DownloadProgress(
            model: "voice", phase: .downloading, received: received, total: total, rate: rate)
        #expect(progress.speed == words)
    }
}
