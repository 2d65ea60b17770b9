import Testing

@testable import AudioInput

/// Frames of one second with timestamps, and the position of their sound.
@Suite struct AudioClockTests {
    @Test(
        arguments: [
            ("one after the other", 0, [0, 1, 2], [0, 1, 2]),
            ("a start after zero", 0, [5, 6], [5, 6]),
            ("a start at any number", nil, [5, 6], [0, 1]),
            ("a start at any number, pictures before", 2, [5, 6], [3, 4]),
            ("a gap", 0, [0, 1, 12, 13], [0, 1, 12, 13]),
            ("an encoder's delay", 0, [-0.06, 0.94, 1.94], [0, 1, 2]),
            ("rounding", 0, [0, 1.001, 1.999, 3.001], [0, 1, 2, 3]),
            ("a late recorder that catches up", 0, [0, 1.3, 2, 3], [0, 1.3, 2.3, 3.3]),
            ("lost packets, none of which is long", 0, [0, 1.04, 2.08, 3.12, 4.16], [0, 1, 2, 3.12, 4.12]),
            ("a clock that runs faster than the sound", 0, [0, 1.009, 2.018, 3.027, 12], [0, 1, 2, 3, 12]),
            ("timestamps that begin anew", 0, [0, 1, 2, 0, 1], [0, 1, 2, 3, 4]),
            ("timestamps that go back and have a gap then", 0, [0, 1, 0, 1, 7], [0, 1, 2, 3, 9]),
            ("a wrapped counter", nil, [95_442, 95_443, -0.7, 0.3], [0, 1, 2, 3]),
            ("an enormous number", 0, [0, 1, 9e12, 9e12 + 1], [0, 1, 2, 3]),
            ("the most negative number", 0, [0, 1, -9e12, 2], [0, 1, 2, 3]),
        ] as [(String, Double?, [Double], [Double])])
    func audioIsPlacedAtItsTimestamps(
        name: String, origin: Double?, timestamps: [Double], places: [Double]
    ) {
        var clock = AudioClock(origin: origin, longest: 600)
        var end = 0.0
        for (timestamp, place) in zip(timestamps, places) {
            end += clock.add(at: timestamp, lasting: 1)
            #expect(abs(end - place) < 0.002, "\(name): \(timestamp)")
            end += 1
            #expect(abs(clock.position - end) < 1e-6)
        }
    }

    @Test func framesWithoutTimestampsFollowOneAnother() {
        var clock = AudioClock(origin: 0, longest: 600)
        #expect(clock.add(at: nil, lasting: 1) == 0)
        #expect(clock.add(at: nil, lasting: 1) == 0)
        #expect(clock.add(at: 5, lasting: 1) == 3)
        #expect(clock.add(at: nil, lasting: 1) == 0)
        #expect(clock.position == 7)
    }

    /// Packets that a codec omits are real gaps, and so are long pauses between utterances.
    @Test(arguments: [
        (sound: 0.02, gap: 0.4, frames: 1, refused: 0), (sound: 0.02, gap: 0.9, frames: 1, refused: 0),
        (sound: 0.02, gap: 10, frames: 11, refused: 0), (sound: 1, gap: 60, frames: 1, refused: 0),
        (sound: 0.026, gap: 7, frames: 1, refused: 97), (sound: 0.026, gap: 29, frames: 2, refused: 97),
    ])
    func gapsAroundScatteredFramesAreIgnored(sound: Double, gap: Double, frames: Int, refused: Int) {
        var clock = AudioClock(origin: 0, longest: .infinity)
        var timestamp = 0.0
        var silence = 0.0
        for _ in 0...100 {
            for _ in 0..<frames {
                silence += clock.add(at: timestamp, lasting: sound)
                timestamp += sound
            }
            timestamp += gap
        }
        #expect(clock.refusedGaps == refused)
        #expect(abs(silence - Double(100 - refused) * gap) < 0.01)
        #expect(abs(clock.position - silence - 101 * Double(frames) * sound) < 0.01)
    }

    @Test func gapsCountAgainOnceAudioContinues() {
        var clock = AudioClock(origin: 0, longest: .infinity)
        for index in 0..<10 { _ = clock.add(at: Double(index) * 5, lasting: 0.02) }
        let refused = clock.refusedGaps
        #expect(refused > 0)
        #expect(clock.add(at: 45.02, lasting: 1) == 0)
        #expect(abs(clock.add(at: 56.02, lasting: 1) - 10) < 1e-6)
        #expect(clock.refusedGaps == refused)
    }

    @Test func silenceIsLimitedPerGapAndInTotal() {
        var short = AudioClock(origin: 0, longest: 100)
        #expect(short.add(at: 99.5, lasting: 1) == 99.5)
        #expect(short.refusedGaps == 0)
        #expect(short.add(at: 200, lasting: 1) == 0)
        #expect(short.add(at: 201, lasting: 1) == 0)
        #expect(short.refusedGaps == 1)

        var endless = AudioClock(origin: 0, longest: .infinity)
        var silence = 0.0
        for hour in 0..<100 { silence += endless.add(at: Double(hour) * 7_200, lasting: 1) }
        #expect(silence <= AudioClock.mostSilence)
        #expect(silence > AudioClock.mostSilence - 7_200)
        #expect(endless.refusedGaps > 90)
    }
}
