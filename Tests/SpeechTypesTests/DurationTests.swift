import SpeechTypes
import Testing

@Suite struct DurationTests {
    @Test(arguments: [
        (0, Duration.zero), (1, .nanoseconds(62_500)), (2, .microseconds(125)), (16, .milliseconds(1)),
        (15_999, .nanoseconds(999_937_500)), (16_000, .seconds(1)), (16_001, .seconds(1) + .nanoseconds(62_500)),
        (-8000, .milliseconds(-500)), (172_800_000, .seconds(10_800)),
    ])
    func samplesConvertToExactTimes(samples: Int, time: Duration) {
        #expect(Duration(samples: samples) == time)
        #expect(time.samples == samples)
    }

    @Test(arguments: [
        (Duration.nanoseconds(62_499), 0), (.nanoseconds(62_501), 1), (.nanoseconds(124_999), 1),
        (.nanoseconds(999_999_999), 15_999), (.seconds(3) + .nanoseconds(1), 48_000),
    ])
    func partsOfASampleAreDropped(time: Duration, samples: Int) {
        #expect(time.samples == samples)
    }

    @Test func everyCountOfSamplesSurvivesTheRoundTrip() {
        for samples in stride(from: 0, through: 200_000_000, by: 9973) {
            #expect(Duration(samples: samples).samples == samples)
        }
    }

    @Test(arguments: [
        (Duration.zero, 0.0), (.milliseconds(2500), 2.5), (.microseconds(1), 1e-6), (.milliseconds(-250), -0.25),
    ])
    func secondsAreANumber(time: Duration, seconds: Double) {
        #expect(time.inSeconds == seconds)
    }

    @Test func audioHasTheDurationOfItsSamples() {
        #expect(AudioBuffer().duration == .zero)
        #expect(AudioBuffer(samples: Array(repeating: 0, count: 24_000)).duration == .milliseconds(1500))
    }

    @Test func aSegmentEndsWhereItsSamplesDo() {
        let segment = SpeechSegment(offset: 8000, audio: AudioBuffer(samples: Array(repeating: 0, count: 4000)))
        #expect(segment.start == .milliseconds(500))
        #expect(segment.end == .milliseconds(750))
    }
}
