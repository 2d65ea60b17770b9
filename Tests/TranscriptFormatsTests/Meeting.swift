import Foundation
import SpeechTypes

extension Transcript {
    /// The recording of the golden files: two languages, a quote, a slash, times between milliseconds.
    static let meeting: Transcript = {
        var transcript = Transcript(duration: .milliseconds(7500))
        for segment in meetingSegments { transcript.append(segment) }
        return transcript
    }()

    static let meetingSegments = [
        Segment(
            start: .milliseconds(320), end: .microseconds(2_480_400), text: "Good morning, everyone.",
            language: Language(code: "en")),
        Segment(start: .milliseconds(2480), end: .seconds(5), text: "The file is \"a/b.wav\"."),
        Segment(start: .seconds(5), end: .milliseconds(6250), text: "你好，", language: Language(code: "zh")),
        Segment(start: .microseconds(6_249_600), end: .microseconds(7_500_600), text: "世界。"),
    ]
}

/// The bytes of a file under `Tests/Fixtures/golden`.
func golden(_ name: String) throws -> Data {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try Data(contentsOf: tests.appending(path: "Fixtures/golden/\(name)"))
}

/// A generator of the same random numbers on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
