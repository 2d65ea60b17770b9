public import CoreMetrics
import Synchronization

/// A backend of swift-metrics that writes metrics in Prometheus's text format.
///
/// Only declared metrics are counted: for another name, kind or set of labels, the handler does nothing, so that no
/// library can add series. Timers count seconds.
public final class PrometheusFactory: MetricsFactory {
    private let definitions: [String: MetricDefinition]
    private let series = Mutex<[SeriesID: any Series]>([:])

    /// Makes a backend without values.
    ///
    /// - Parameter definitions: All metrics; each name must be unique.
    public init(_ definitions: [MetricDefinition]) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in
            preconditionFailure("The metric '\(first.name)' is declared twice")
        }
    }

    /// All current values in text format 0.0.4, sorted by name and labels.
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

    /// The content type of HTTP responses with `text`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Makes a counter; it does nothing if it is not declared.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a counter for fractions; it does nothing if it is not declared.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        find(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a gauge; it does nothing if it is not declared.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(GaugeSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a histogram, or without `aggregate` a gauge; it does nothing if it is not declared.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let handler: (any RecorderHandler)? =
            aggregate
            ? find(HistogramSeries.self, label, dimensions) : find(GaugeSeries.self, label, dimensions)
        return handler ?? NOOPMetricsHandler.instance
    }

    /// Makes a histogram of seconds; it does nothing if it is not declared.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(HistogramSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Removes the series from the output.
    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }

    /// Removes the series from the output.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }

    /// Removes the series from the output.
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }

    /// Removes the series from the output.
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }

    /// Removes the series from the output.
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    /// The series of this name and labels, made if it is missing; `nil` if it is not declared like this.
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
            // A newer series of the same name and labels stays.
            if series[gone.id] === gone { series[gone.id] = nil }
        }
    }
}
