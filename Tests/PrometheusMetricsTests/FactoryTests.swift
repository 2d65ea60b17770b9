import CoreMetrics
import TestSupport
import Testing

@testable import PrometheusMetrics

/// The backend as swift-metrics uses it.
struct FactoryTests {
    private static let total = MetricDefinition.counter("test_things_total", labels: ["kind"], "Things.")
    private static let level = MetricDefinition.gauge("test_level", "Level.")
    private static let size = MetricDefinition.histogram("test_size_bytes", bounds: [1, 10], "Sizes.")
    private let factory = PrometheusFactory([total, level, size])

    private func lines(_ prefix: String) -> [String] {
        factory.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    @Test func incrementsOfManyThreadsAreAllCounted() async {
        let (threads, rounds) = (8, 2_000)
        _ = await onThreads(threads) { [factory] thread in
            let meter = Self.level.meter(in: factory)
            for round in 0..<rounds {
                // Created each time, as for handles with changing labels.
                Self.total.counter("a", in: factory).increment()
                Self.total.counter("\(thread % 2)", in: factory).increment(by: 2)
                meter.increment()
                Self.size.recorder(in: factory).record(round % 2 == 0 ? 1 : 100)
                if round % 500 == 0 { _ = factory.text }
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

    @Test func handlesOfTheSameLabelsCountTogether() {
        Self.total.counter("a", in: factory).increment(by: 2)
        Self.total.floatingPointCounter("a", in: factory).increment(by: 0.5)
        #expect(lines("test_things") == ["test_things_total{kind=\"a\"} 2.5"])
    }

    @Test func aCounterNeverGoesDown() {
        let counter = Self.total.counter("a", in: factory)
        let fractions = Self.total.floatingPointCounter("a", in: factory)
        counter.increment(by: 3)
        counter.increment(by: -1)
        fractions.increment(by: -0.5)
        fractions.increment(by: Double.infinity)
        fractions.increment(by: Double.nan)
        #expect(lines("test_things") == ["test_things_total{kind=\"a\"} 3"])
        counter.reset()
        #expect(lines("test_things") == ["test_things_total{kind=\"a\"} 0"])
    }

    @Test func whatIsDestroyedIsGoneAndBeginsAnew() {
        let counter = Self.total.counter("a", in: factory)
        Self.total.counter("b", in: factory).increment()
        counter.increment(by: 5)
        counter.destroy()
        #expect(lines("test_things") == ["test_things_total{kind=\"b\"} 1"])
        Self.total.counter("a", in: factory).increment()
        // The old handle no longer belongs to a series, and affects none.
        counter.increment()
        counter.destroy()
        #expect(lines("test_things") == ["test_things_total{kind=\"a\"} 1", "test_things_total{kind=\"b\"} 1"])
        let (meter, gauge, timer) = (
            Self.level.meter(in: factory), Gauge(label: Self.level.name, factory: factory), Self.size.timer(in: factory)
        )
        gauge.record(4)
        #expect(lines("test_level") == ["test_level 4"])
        meter.destroy()
        timer.destroy()
        #expect(lines("test_level") + lines("test_size") == [])
    }

    @Test func nothingUndeclaredIsCounted() {
        let declared = factory.text
        Counter(label: "stranger_total", factory: factory).increment()
        // Of another kind than declared.
        Counter(label: "test_level", factory: factory).increment()
        Recorder(label: "test_things_total", dimensions: [("kind", "a")], factory: factory).record(1)
        Meter(label: "test_size_bytes", factory: factory).set(1)
        Timer(label: "test_level", factory: factory).recordSeconds(1)
        // Other labels than declared.
        for dimensions in [[], [("sort", "a")], [("kind", "a"), ("sort", "b")], [("kind", "a"), ("kind", "b")]] {
            Counter(label: "test_things_total", dimensions: dimensions, factory: factory).increment()
        }
        #expect(factory.text == declared)
    }

    @Test func aSetOfGaugesHasWhatWasMeasuredLast() {
        let definition = MetricDefinition.gauge("test_memory_bytes", labels: ["process", "model"], "Memory.")
        let factory = PrometheusFactory([definition])
        let gauges = GaugeSet(definition, in: factory)
        func measured() -> [String] {
            factory.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.dropFirst(17)) }
        }
        gauges.measure([(["server", ""], 1), (["engine", "a"], 2), (["engine", "b"], 3), (["engine", "b"], 4)])
        #expect(
            measured() == [
                #"{process="engine",model="a"} 2"#, #"{process="engine",model="b"} 7"#,
                #"{process="server",model=""} 1"#,
            ])
        gauges.measure([(["engine", "b"], 5)])
        #expect(measured() == [#"{process="engine",model="b"} 5"#])
        gauges.measure([])
        #expect(measured() == [])
    }
}
