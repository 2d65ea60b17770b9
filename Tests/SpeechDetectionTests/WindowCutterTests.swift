import SpeechTypes
import TestSupport
import Testing

@testable import SpeechDetection

@BlockingCalls @Suite struct WindowCutterTests {
    /// A recording, the windows for it, and how it arrives.
    struct Recording: Sendable, CustomTestStringConvertible {
        let window: Int
        let length: Int
        let seed: UInt64

        var testDescription: String { "\(length) samples in windows of \(window), seed \(seed)" }

        var sound: AudioBuffer {
            var generator = SeededGenerator(seed: seed)
            return .noise(length, using: &generator)
        }

        /// Cuts the recording, which comes in chunks of random sizes.
        func windows() -> [SpeechSegment] {
            var generator = SeededGenerator(seed: seed + 1)
            return sound.windows(of: window) { Int.random(in: 0...20_000, using: &generator) }
        }

        /// Lengths around the places where the number of windows changes, and random ones.
        static let all: [Recording] = [3_201, 4_799, 4_800, 8_000].flatMap { window in
            var generator = SeededGenerator(seed: UInt64(window))
            let shortest = WindowCutter.shortest
            let edges = [
                0, 1, shortest - 1, window - 1, window, window + 1, window + shortest - 1, window + shortest,
                window + shortest + 1, 2 * window, 2 * window + 1, 2 * window + shortest,
            ]
            let lengths = edges + (0..<6).map { _ in Int.random(in: 0...5 * window, using: &generator) }
            return lengths.map { Recording(window: window, length: $0, seed: UInt64(window * 31 + $0)) }
        }
    }

    @Test(arguments: Recording.all)
    func everySampleIsInOneWindowInOrder(recording: Recording) {
        let windows = recording.windows()
        #expect(windows.flatMap(\.audio.samples) == recording.sound.samples)
        var end = 0
        for window in windows {
            #expect(window.offset == end)
            end += window.audio.samples.count
        }
    }

    @Test(arguments: Recording.all)
    func noWindowIsTooLongForTheModelOrTooShortToHear(recording: Recording) {
        let lengths = recording.windows().map(\.audio.samples.count)
        #expect(lengths.allSatisfy { $0 <= recording.window })
        #expect(lengths.allSatisfy { $0 >= min(WindowCutter.shortest, recording.length) })
        #expect(!lengths.contains(0))
    }

    @Test(arguments: Recording.all)
    func aRecordingThatFitsIsOneWindow(recording: Recording) {
        let windows = recording.windows()
        #expect((windows.count <= 1) == (recording.length <= recording.window))
    }

    @Test(arguments: Recording.all)
    func howTheSoundArrivesChangesNothing(recording: Recording) {
        #expect(recording.windows() == recording.sound.windows(of: recording.window) { .max })
    }

    @Test(arguments: Array(stride(from: 22_000, to: 30_000, by: 1_234)))
    func theCutLiesInTheQuietPlaceNearTheEnd(quiet: Int) throws {
        let sound = AudioBuffer.noise(48_000, quiet: quiet..<quiet + 1_920)
        let first = try #require(sound.windows(of: 32_000) { 16_000 }.first)
        #expect((quiet...quiet + 1_920).contains(first.end.samples))
    }

    @Test func quietFarFromTheEndDoesNotShortenAWindow() throws {
        let sound = AudioBuffer.noise(48_000, quiet: 2_000..<20_000)
        let first = try #require(sound.windows(of: 32_000) { 16_000 }.first)
        #expect(first.end.samples >= 32_000 * 2 / 3)
    }

    @Test func silenceIsCutAsLateAsCanBe() throws {
        let silence = AudioBuffer(samples: Array(repeating: 0, count: 48_000))
        let first = try #require(silence.windows(of: 32_000) { 16_000 }.first)
        #expect(first.end.samples > 32_000 - WindowCutter.shortest)
    }
}

extension AudioBuffer {
    /// Cuts this sound, given in chunks.
    fileprivate func windows(of window: Int, chunkLength: () -> Int) -> [SpeechSegment] {
        var cutter = WindowCutter(window: Duration(samples: window))
        var rest = samples[...]
        var windows: [SpeechSegment] = []
        while !rest.isEmpty {
            let chunk = rest.prefix(chunkLength())
            rest = rest.dropFirst(chunk.count)
            windows += cutter.receive(AudioBuffer(samples: Array(chunk)))
        }
        return windows + cutter.finish()
    }
}
