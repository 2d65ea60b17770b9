import SpeechTypes
import TestSupport

extension AudioBuffer {
    /// Loud noise. Not by `Float.random`, which takes most of a test's time in debug builds.
    static func noise(_ length: Int, using generator: inout SeededGenerator) -> AudioBuffer {
        AudioBuffer(samples: (0..<length).map { _ in Float(Int32(truncatingIfNeeded: generator.next())) / 0x8000_0000 })
    }

    /// Loud noise that is quiet in one place.
    static func noise(_ length: Int, quiet: Range<Int>) -> AudioBuffer {
        var generator = SeededGenerator(seed: UInt64(quiet.lowerBound))
        var sound = noise(length, using: &generator)
        for index in quiet { sound.samples[index] *= 0.01 }
        return sound
    }
}
