import TestSupport
import Testing

@testable import PrometheusMetrics

struct MetricRegistryTests {
    private static let total = MetricDefinition(.counter, "test_things_total", labels: ["kind"], "Things.")
    private static let level = MetricDefinition(.gauge, "test_level", "Level.")
    private static let size = MetricDefinition(.histogram, "test_size_bytes", bounds: [1, 10], "Sizes.")
    private let registry = MetricRegistry([total, level, size])

    private func lines(_ prefix: String) -> [String] {
        registry.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    /// The exact text, according to https://prometheus.io/docs/instrumenting/exposition_formats/.
    @Test func theTextIsInOrderWhateverCameFirst() {
        let duration = MetricDefinition(
            .histogram, "test_duration_seconds", labels: ["model"], bounds: [0.05, 1, 2.5], "How long.")
        let total = MetricDefinition(
            .counter, "test_requests_total", labels: ["path", "status"], "A \\ and a line\nend; \"quotes\" stay.")
        let unused = MetricDefinition(.gauge, "test_unused", labels: ["model"], "Nobody measured it.")
        let registry = MetricRegistry([total, unused, Self.level, duration])

        registry.add(3, to: total, "/b", "200")
        registry.add(to: total, "/a", "404")
        registry.add(Double(1 << 40), to: total, "/a", "200")
        registry.add(to: total, "\"\\\n{é}\",", "200")
        registry.set(Self.level, to: -0.25)
        // A value equal to a bound is in its bucket.
        for seconds in [0.05, 0.5, 2.5, 60] { registry.observe(seconds, in: duration, "m") }

        #expect(
            registry.text == #"""
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
        registry.set(Self.level, to: number)
        #expect(lines("test_level") == ["test_level \(text)"])
    }

    @Test func incrementsOfManyThreadsAreAllCounted() async {
        let (threads, rounds) = (8, 2_000)
        _ = await onThreads(threads) { [registry] thread in
            for round in 0..<rounds {
                registry.add(to: Self.total, "a")
                registry.add(2, to: Self.total, "\(thread % 2)")
                registry.add(to: Self.level)
                registry.observe(round % 2 == 0 ? 1 : 100, in: Self.size)
                if round % 500 == 0 { _ = registry.text }
            }
        }
        let all = threads * rounds
        #expect(lines("test_things") == ["0", "1", "a"].map { "test_things_total{kind=\"\($0)\"} \(all)" })
        #expect(lines("test_level") == ["test_level \(all)"])
        #expect(
            lines("test_size") == [
                "test_size_bytes_bucket{le=\"1\"} \(all / 2)", "test_size_bytes_bucket{le=\"10\"} \(all / 2)",
                "test_size_bytes_bucket{le=\"+Inf\"} \(all)", "test_size_bytes_sum \(all / 2 * 101)",
                "test_size_bytes_count \(all)",
            ])
    }

    @Test func anAmountOfZeroMakesASeriesAppear() {
        registry.add(0, to: Self.total, "a")
        #expect(lines("test_things") == [#"test_things_total{kind="a"} 0"#])
    }

    @Test func aReplacedGaugeHasOnlyTheLastMeasurement() {
        let memory = MetricDefinition(.gauge, "test_memory_bytes", labels: ["process", "model"], "Memory.")
        let registry = MetricRegistry([memory])
        func measured() -> [String] {
            registry.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.dropFirst(17)) }
        }
        registry.replace(
            memory, with: [(["server", ""], 1), (["engine", "a"], 2), (["engine", "b"], 3), (["engine", "b"], 4)])
        #expect(
            measured() == [
                #"{process="engine",model="a"} 2"#, #"{process="engine",model="b"} 7"#,
                #"{process="server",model=""} 1"#,
            ])
        registry.replace(memory, with: [(["engine", "b"], 5)])
        #expect(measured() == [#"{process="engine",model="b"} 5"#])
        registry.replace(memory, with: [])
        #expect(measured() == [])
    }
}
