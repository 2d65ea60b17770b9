public import CoreMetrics
import Synchronization

/// A backend of swift-metrics that writes what it was told in the text format of Prometheus.
///
/// It counts what was declared and nothing else: what is asked for under another name, as another kind or with other
/// labels is a handler that does nothing, so that no library adds series unseen. Timers count seconds.
public final class PrometheusFactory: MetricsFactory {
    private let definitions: [String: MetricDefinition]
    private let series = Mutex<[SeriesID: any Series]>([:])

    /// Makes a backend without values.
    ///
    /// - Parameter definitions: All metrics there are; no name may come twice.
    public init(_ definitions: [MetricDefinition]) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in
            preconditionFailure("The metric '\(first.name)' is declared twice")
        }
    }

    /// All values now, in text format 0.0.4, sorted by name and labels.
    public var text: String {
        let values = series.withLock { $0 }.map { (id: $0, value: $1.value) }
        let families = Dictionary(grouping: values, by: \.id.name)
        return definitions.values.sorted { $0.name < $1.name }.map { definition in
            let lines = (families[definition.name] ?? []).sorted {
                $0.id.values.lexicographicallyPrecedes($1.id.values)
            }
            return Exposition.text(of: definition, lines.map { ($0.id.values, $0.value) })
        }.joined()
    }

    /// The type that HTTP answers with `text` have.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// For swift-metrics.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// For swift-metrics.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        find(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// For swift-metrics.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(GaugeSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// For swift-metrics: a histogram, or without `aggregate` a gauge.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let handler: (any RecorderHandler)? =
            aggregate
            ? find(HistogramSeries.self, label, dimensions) : find(GaugeSeries.self, label, dimensions)
        return handler ?? NOOPMetricsHandler.instance
    }

    /// For swift-metrics: a histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(HistogramSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// For swift-metrics: the series is no longer written.
    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }

    /// For swift-metrics: the series is no longer written.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }

    /// For swift-metrics: the series is no longer written.
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }

    /// For swift-metrics: the series is no longer written.
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }

    /// For swift-metrics: the series is no longer written.
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    /// The series of this name and labels, made if it is not there; `nil` if nobody declared it so.
    private func find<S: Series>(_ type: S.Type, _ name: String, _ dimensions: [(String, String)]) -> S? {
        guard let definition = definitions[name], let id = SeriesID(definition, dimensions) else { return nil }
        return series.withLock { series in
            if let known = series[id] { return known as? S }
            guard let new = S(id, kind: definition.kind) else { return nil }
            series[id] = new
            return new
        }
    }

    private func forget(_ handler: any AnyObject) {
        guard let gone = handler as? any Series else { return }
        series.withLock { series in
            // A successor of the same name and labels stays.
            if series[gone.id] === gone { series[gone.id] = nil }
        }
    }
}
