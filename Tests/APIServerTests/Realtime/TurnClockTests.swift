import SpeechTypes
import Testing

@testable import APIServer
@testable import PrometheusMetrics

@Suite struct TurnClockTests {
    @Test func aTurnIsCountedWithTheDelayOfItsText() {
        let metrics = MetricRegistry(ServerMetrics.definitions)
        var clock = TurnClock()
        let start = ContinuousClock.now
        func receive(_ event: ServerEvent, after seconds: Double) {
            clock.receive(event, of: "m", in: metrics, at: start + .seconds(seconds))
        }
        let (completed, failed) = ("item_1", "item_2")
        receive(.committed(item: completed, previous: nil), after: 1)
        receive(.committed(item: failed, previous: completed), after: 2)
        receive(.failed(item: failed, .unforeseen), after: 2.5)
        receive(
            .completed(item: completed, transcript: Transcript(), seconds: 7, includesLogProbabilities: false), after: 3
        )
        let lines = metrics.text.split(separator: "\n")
        #expect(lines.contains(#"asr2clip_live_turns_total{model="m",outcome="completed"} 1"#))
        #expect(lines.contains(#"asr2clip_live_turns_total{model="m",outcome="failed"} 1"#))
        #expect(lines.contains(#"asr2clip_live_audio_seconds_total{model="m"} 7"#))
        #expect(lines.contains(#"asr2clip_live_text_delay_seconds_sum{model="m"} 2"#))
        #expect(lines.contains(#"asr2clip_live_text_delay_seconds_count{model="m"} 1"#))
    }
}
