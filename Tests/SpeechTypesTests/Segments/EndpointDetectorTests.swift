import SpeechTypes
import TestSupport
import Testing

/// The endpoint detector with windows of 100 samples: `#` is speech, `.` is none.
@Suite struct EndpointDetectorTests {
    private static let window = 100

    private func segmenter(prefix: Int = 0, suffix: Int = 0, silence: Int, minimumSpeech: Int = 0) -> EndpointDetector {
        EndpointDetector(
            .init(
                prefix: Duration(samples: prefix), suffix: Duration(samples: suffix),
                silence: Duration(samples: silence), minimumSpeech: Duration(samples: minimumSpeech)))
    }

    private func stretches(_ windows: String, _ segmenter: EndpointDetector) -> [Range<Int>] {
        var segmenter = segmenter
        var starts: [Int] = []
        var ends: [Int] = []
        func take(_ action: EndpointDetector.Action) {
            switch action {
            case .none: break
            case .start(let start): starts.append(start)
            case .end(let end): ends.append(end)
            }
        }
        for (index, mark) in windows.enumerated() {
            let start = index * Self.window
            take(segmenter.receive(mark == "#", in: start..<start + Self.window))
            #expect([0, 1].contains(starts.count - ends.count))
        }
        take(segmenter.finish(at: windows.count * Self.window))
        #expect(starts.count == ends.count)
        return zip(starts, ends).map { $0..<$1 }
    }

    @Test(arguments: [
        ("......", []), ("", []), (".##...", [100..<300]), ("##", [0..<200]), (".#.#..", [100..<400]),
        (".#..#..", [100..<200, 400..<500]), ("..#", [200..<300]),
    ])
    func aPauseOfTwoWindowsEndsSpeech(windows: String, expected: [Range<Int>]) {
        #expect(stretches(windows, segmenter(silence: 200)) == expected)
    }

    @Test(arguments: [
        ("...#...", [150..<520]), ("#...", [0..<220]), ("...#", [150..<400]), (".#..#..", [0..<320, 320..<620]),
    ])
    func audioAroundSpeechIsKept(windows: String, expected: [Range<Int>]) {
        #expect(stretches(windows, segmenter(prefix: 150, suffix: 120, silence: 200)) == expected)
    }

    @Test(arguments: [(".#.#.#.", []), (".##...", [100..<300]), (".#.##..", [300..<500]), ("..#", [])])
    func aClickIsNoSpeech(windows: String, expected: [Range<Int>]) {
        #expect(stretches(windows, segmenter(silence: 200, minimumSpeech: 200)) == expected)
    }

    @Test func noMoreThanThePauseIsKept() {
        #expect(stretches(".#....", segmenter(suffix: 900, silence: 200)) == [100..<400])
    }

    @Test(arguments: 0..<40)
    func stretchesCoverAllSpeechWithoutOverlap(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let windows = String((0..<200).map { _ in Int.random(in: 0..<3, using: &random) == 0 ? "#" : "." })
        let prefix = Int.random(in: 0..<400, using: &random)
        let silence = Int.random(in: 100..<600, using: &random)
        let suffix = Int.random(in: 0..<400, using: &random)
        let found = stretches(windows, segmenter(prefix: prefix, suffix: suffix, silence: silence))
        for (earlier, later) in zip(found, found.dropFirst()) { #expect(earlier.upperBound <= later.lowerBound) }
        for (index, mark) in windows.enumerated() where mark == "#" {
            let window = index * Self.window..<(index + 1) * Self.window
            #expect(found.contains { $0.clamped(to: window) == window }, "\(window) in \(found)")
        }
    }

    @Test func positionsGoFarBeyond32Bits() {
        var segmenter = segmenter(silence: 200)
        let start = 1 << 40
        #expect(segmenter.receive(true, in: start..<start + 100) == .start(at: start))
        #expect(segmenter.finish(at: start + 100) == .end(at: start + 100))
    }
}
