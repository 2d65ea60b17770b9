import CoreMetrics
import Testing

@testable import PrometheusMetrics

/// The exact text, according to https://prometheus.io/docs/instrumenting/exposition_formats/.
struct ExpositionTests {
    @Test func theTextIsInOrderWhateverCameFirst() {
        let duration = MetricDefinition.histogram(
            "test_duration_seconds", labels: ["model"], bounds: [0.05, 1, 2.5], "How long.")
        let total = MetricDefinition.counter(
            "test_requests_total", labels: ["path", "status"], "A \\ and a line\nend; \"quotes\" stay.")
        let level = MetricDefinition.gauge("test_level", "Level.")
        let unused = MetricDefinition.gauge("test_unused", labels: ["model"], "Nobody measured it.")
        let factory = PrometheusFactory([total, unused, level, duration])

        total.counter("/b", "200", in: factory).increment(by: 3)
        total.counter("/a", "404", in: factory).increment()
        total.counter("/a", "200", in: factory).increment(by: 1 << 40)
        total.counter("\"\\\n{é}\",", "200", in: factory).increment()
        level.meter(in: factory).set(-0.25)
        // A value equal to a bound is in its bucket.
        for seconds in [0.05, 0.5, 2.5, 60] { duration.timer("m", in: factory).recordSeconds(seconds) }

        #expect(
            factory.text == #"""
                # HELP test_duration_seconds How long.
                # TYPE test_duration_seconds histogram
                test_duration_seconds_bucket{model="m",le="0.05"} 1
                test_duration_seconds_bucket{model="m",le="1"} 2
                test_duration_seconds_bucket{model="m",le="2.5"} 3
                test_duration_seconds_bucket{model="m",le="+Inf"} 4
                test_duration_seconds_sum{model="m"} 63.05
                test_duration_seconds_count{model="m"} 4
                # HELP test_level Level.
                # TYPE test_level gauge
                test_level -0.25
                # HELP test_requests_total A \\ and a line\nend; "quotes" stay.
                # TYPE test_requests_total counter
                test_requests_total{path="\"\\\n{é}\",",status="200"} 1
                test_requests_total{path="/a",status="200"} 1099511627776
                test_requests_total{path="/a",status="404"} 1
                test_requests_total{path="/b",status="200"} 3
                # HELP test_unused Nobody measured it.
                # TYPE test_unused gauge

                """#)
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (1e15, "1000000000000000"), (0.1, "0.1"), (1e-7, "1e-07"), (1e300, "1e+300"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func numbersAreWrittenAsGoReadsThem(number: Double, text: String) {
        let level = MetricDefinition.gauge("test_level", "Level.")
        let factory = PrometheusFactory([level])
        level.meter(in: factory).set(number)
        #expect(factory.text.hasSuffix("\ntest_level \(text)\n"))
    }

    @Test(arguments: [
        ("a", true), ("A_9", true), ("_a", true), ("", false), ("9a", false), ("a-b", false), ("a.b", false),
        ("a:b", false), ("ä", false), ("a ", false), ("a@", false), ("a[", false),
    ])
    func namesAreCheckedByPrometheusRules(name: String, isValid: Bool) {
        #expect(MetricName.isValid(name) == isValid)
    }

    @Test(arguments: [("model", true), ("le", false), ("__name__", false), ("", false)])
    func labelsAreChecked(label: String, isValid: Bool) {
        #expect(MetricName.isValidLabel(label) == isValid)
    }

    @Test func aWrongDefinitionEndsTheProcess() async {
        await #expect(processExitsWith: .failure) { _ = MetricDefinition.counter("test_things", "No _total.") }
        await #expect(processExitsWith: .failure) { _ = MetricDefinition.gauge("test_things_total", "No counter.") }
        await #expect(processExitsWith: .failure) { _ = MetricDefinition.gauge("test-level", "No name.") }
        await #expect(processExitsWith: .failure) { _ = MetricDefinition.gauge("test_level", labels: ["le"], "") }
        await #expect(processExitsWith: .failure) { _ = MetricDefinition.histogram("test_size", bounds: [2, 1], "") }
    }
}
