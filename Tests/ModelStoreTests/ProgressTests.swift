import Testing

@testable import ModelStore

struct ProgressTests {
    private static func arrived(_ megabytes: Int64, of total: Int64? = 200) -> DownloadProgress {
        DownloadProgress(
            model: "voice", phase: .downloading, received: megabytes * 1_000_000, total: total.map { $0 * 1_000_000 })
    }

    @Test(arguments: [
        (Int64(103), Int64?(228), "45 % (103 of 228 MB)"), (0, 228, "0 % (0.0 of 228 MB)"),
        (2, 4, "50 % (2.0 of 4.0 MB)"), (228, 228, "100 % (228 of 228 MB)"), (300, 228, "100 % (300 of 228 MB)"),
        (103, nil, "103 MB"),
    ])
    func amountsAreInWholePercentAndMegabytes(received: Int64, total: Int64?, text: String) {
        #expect(Self.arrived(received, of: total).amount == text)
    }

    @Test func aLineComesAtEachPhaseAndThenAtTenPercentOrTenSeconds() {
        let start = ContinuousClock.now
        var lines = ProgressLines()
        func line(_ progress: DownloadProgress, after seconds: Int) -> String? {
            lines.line(for: progress, at: start + .seconds(seconds))
        }
        #expect(
            line(DownloadProgress(model: "voice", phase: .connecting(to: "http://h/v")), after: 0)
                == "Downloading voice from http://h/v")
        #expect(line(Self.arrived(0), after: 0) == "Downloading voice: 0 % (0.0 of 200 MB)")
        #expect(line(Self.arrived(60), after: 1) == nil, "too soon")
        #expect(line(Self.arrived(60), after: 2) == "Downloading voice: 30 % (60 of 200 MB)")
        #expect(line(Self.arrived(78), after: 6) == nil, "too little")
        #expect(line(Self.arrived(79), after: 12) == "Downloading voice: 39 % (79 of 200 MB)")
        #expect(
            line(DownloadProgress(model: "voice", phase: .unpacking, received: 1, total: 1), after: 12)
                == "Downloaded voice (100 % (0.0 of 0.0 MB)), unpacking")
        #expect(
            line(DownloadProgress(model: "voice", phase: .finished(directory: "/m/voice")), after: 12)
                == "Model voice is in /m/voice")
    }

    @Test func withoutATotalLinesComeByTime() {
        let start = ContinuousClock.now
        var lines = ProgressLines()
        #expect(lines.line(for: Self.arrived(1, of: nil), at: start) == "Downloading voice: 1.0 MB")
        #expect(lines.line(for: Self.arrived(99, of: nil), at: start + .seconds(9)) == nil)
        #expect(lines.line(for: Self.arrived(99, of: nil), at: start + .seconds(10)) == "Downloading voice: 99 MB")
    }
}
