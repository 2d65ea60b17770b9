import Foundation
import Testing

@testable import AudioInput

@Suite struct ChannelMixerTests {
    private static let rate = 16_000

    /// One second of noise that is the same in every run.
    private func noise(_ seed: UInt64, level: Float = 0.3) -> [Float] {
        var random = Seeded(state: seed)
        return (0..<Self.rate).map { _ in Float.random(in: -level...level, using: &random) }
    }

    private func mix(_ planes: [[Float]], frame: Int = 1_000) -> [Float] {
        var mixer = ChannelMixer(channels: planes.count, rate: Self.rate)
        return stride(from: 0, to: planes[0].count, by: frame).flatMap { start in
            mixer.mix(planes.flatMap { $0[start..<min(start + frame, $0.count)] })
        }
    }

    private func level(_ samples: some Collection<Float>) -> Float {
        (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
    }

    @Test(arguments: [64, 160, 1_000, 16_000])
    func channelsInOppositePhaseDoNotCancel(frame: Int) {
        let voice = noise(1)
        for factor in [-1, -0.9, -0.8] as [Float] {
            let mixed = mix([voice, voice.map { $0 * factor }], frame: frame)
            #expect(level(mixed) > 0.95 * level(voice), "\(factor)")
        }
    }

    /// Interference that a recorder adds equally to both channels: a DC offset, or mains hum.
    @Test(arguments: [0.003, 0.01, 0.05] as [Float], [0, 50, 60] as [Float])
    func channelsInOppositePhaseAreHeardBesideACommonSignal(amount: Float, frequency: Float) {
        let voice = noise(1, level: 0.05)
        let common = (0..<Self.rate).map { index in
            frequency == 0 ? amount : amount * sin(Float(index) * frequency * 2 * .pi / Float(Self.rate))
        }
        let (left, right) = (zip(voice, common).map(+), zip(voice, common).map { $1 - $0 })
        let mixed = mix([left, right])
        let heard = zip(mixed, common).map(-)
        #expect(level(heard) > 0.95 * level(voice))
    }

    @Test(arguments: [0.003, 0.05] as [Float])
    func channelsWithDifferentOffsetsAreStillMixed(offset: Float) {
        let (voice, other) = (noise(1), noise(2))
        let planes = [voice.map { $0 + offset }, zip(voice, other).map { ($0 + $1) / 2 - offset }]
        let mixed = mix(planes)
        #expect(zip(mixed, zip(planes[0], planes[1])).allSatisfy { abs($0 - ($1.0 + $1.1) / 2) < 1e-5 })
    }

    /// A voice reaches two microphones with a delay, so that the mix cancels some frequencies.
    @Test(arguments: [3, 8, 16, 32, 80])
    func microphonesAtADistanceAreStillMixed(delay: Int) {
        let voice = noise(1)
        let late = [Float](repeating: 0, count: delay) + voice.dropLast(delay)
        let mixed = mix([voice, late])
        #expect(zip(mixed, zip(voice, late)).allSatisfy { abs($0 - ($1.0 + $1.1) / 2) < 1e-5 })
    }

    @Test func channelsInPhaseAreAveraged() {
        let voice = noise(1)
        let mixed = mix([voice, voice, voice])
        #expect(zip(mixed, voice).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test(arguments: [2, 3, 6, 16])
    func differentSignalsAreAllInTheMix(channels: Int) {
        let voices = (0..<channels).map { noise(UInt64($0)) }
        let mixed = mix(voices)
        let expected = (0..<Self.rate).map { index in voices.reduce(0) { $0 + $1[index] } / Float(channels) }
        #expect(zip(mixed, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test(arguments: [2, 6, 31])
    func aVoiceOnAnySingleChannelIsHeard(channels: Int) {
        let (voice, silence) = (noise(1), [Float](repeating: 0, count: Self.rate))
        for loud in 0..<channels {
            let mixed = mix((0..<channels).map { $0 == loud ? voice : silence })
            #expect(abs(level(mixed) - level(voice) / Float(channels)) < 0.001)
        }
    }

    @Test func theChosenChannelIsKeptWhileTheMixCancelsAtTimes() {
        let (voice, hiss) = (noise(1), noise(2, level: 0.001))
        let planes = [zip(voice, hiss).map { $0 + $1 }, voice.map { -$0 }]
        let mixed = mix(planes)
        let wrong = zip(mixed, planes[0]).count { abs($0 - $1) > 1e-5 }
        let other = zip(mixed, planes[1]).count { abs($0 - $1) > 1e-5 }
        // The first block is a transition from the mix.
        #expect(min(wrong, other) <= Self.rate / 50)
    }

    @Test func mixingResumesWhenItNoLongerCancels() {
        let voice = noise(1)
        let (left, right) = (voice + voice + voice + voice, voice.map { -$0 } + voice + voice + voice)
        let mixed = mix([left, right])
        #expect(level(mixed[..<16_000]) > 0.95 * level(voice))
        #expect(zip(mixed[56_000...], left[56_000...]).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}
