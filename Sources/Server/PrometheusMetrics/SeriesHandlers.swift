import CoreMetrics
import Synchronization

/// A counter. As in Prometheus itself it is a `Double`, which counts whole numbers up to 2⁵³ exactly.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    let id: SeriesID
    private let count = Mutex(0.0)

    init?(_ id: SeriesID, kind: MetricDefinition.Kind) {
        guard case .counter = kind else { return nil }
        self.id = id
    }

    var value: SeriesValue { .number(count.withLock { $0 }) }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        count.withLock { $0 += amount }
    }

    func reset() { count.withLock { $0 = 0 } }
}

/// A gauge.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    let id: SeriesID
    private let level = Mutex(0.0)

    init?(_ id: SeriesID, kind: MetricDefinition.Kind) {
        guard case .gauge = kind else { return nil }
        self.id = id
    }

    var value: SeriesValue { .number(level.withLock { $0 }) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { level.withLock { $0 = value } }
    func increment(by amount: Double) { level.withLock { $0 += amount } }
    func decrement(by amount: Double) { level.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// A histogram.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
    let id: SeriesID
    private let distribution: Mutex<Distribution>

    init?(_ id: SeriesID, kind: MetricDefinition.Kind) {
        guard case .histogram(let bounds) = kind else { return nil }
        self.id = id
        distribution = Mutex(Distribution(bounds: bounds))
    }

    var value: SeriesValue { .distribution(distribution.withLock { $0 }) }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { distribution.withLock { $0.add(value) } }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
