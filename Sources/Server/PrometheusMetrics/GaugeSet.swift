public import CoreMetrics
import Synchronization

/// The series of a gauge that is measured as a whole: each measurement removes the series it does not contain.
public final class GaugeSet: Sendable {
    private let definition: MetricDefinition
    private let factory: any MetricsFactory
    private let meters = Mutex<[[String]: Meter]>([:])

    /// Makes a set without series.
    ///
    /// - Parameters:
    ///   - definition: A gauge.
    ///   - factory: Where it is measured.
    public init(_ definition: MetricDefinition, in factory: any MetricsFactory) {
        self.definition = definition
        self.factory = factory
    }

    /// Sets the series to a new measurement.
    ///
    /// - Parameter values: Values by label values. Those with the same labels are added up.
    public func measure(_ values: [(labels: [String], value: Double)]) {
        let sums = Dictionary(values.map { ($0.labels, $0.value) }, uniquingKeysWith: +)
        meters.withLock { meters in
            for (labels, meter) in meters where sums[labels] == nil {
                meter.destroy()
                meters[labels] = nil
            }
            for (labels, value) in sums {
                let meter = meters[labels] ?? definition.meter(labels, in: factory)
                meters[labels] = meter
                meter.set(value)
            }
        }
    }
}
