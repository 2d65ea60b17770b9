import Synchronization

/// The definition of a metric, declared once by the module that measures it.
///
/// Names follow Prometheus's conventions: base units as suffixes, and `_total` for counters only.
package struct MetricDefinition: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package let kind: Kind
    package let name: String
    /// The names of its labels, in the order of their values.
    package let labels: [String]
    /// The ascending upper bounds of a histogram's buckets; a bucket without a bound is added to them.
    let bounds: [Double]
    /// The meaning, in one line.
    package let meaning: String

    package init(_ kind: Kind, _ name: String, labels: [String] = [], bounds: [Double] = [], _ meaning: String) {
        self.kind = kind
        self.name = name
        self.labels = labels
        self.bounds = bounds
        self.meaning = meaning
    }
}

/// Counts metrics and writes them in Prometheus's text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
package final class MetricRegistry: Sendable {
    /// The values for one set of label values.
    private struct Series {
        /// The value of a counter or gauge, or the sum of a histogram's values.
        var value = 0.0
        /// How many values each bucket of a histogram has.
        var counts: [Int] = []
    }

    private let definitions: [MetricDefinition]
    /// The series by metric name and label values.
    private let series = Mutex<[String: [[String]: Series]]>([:])

    /// The content type of HTTP responses with `text`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// - Parameter definitions: The metrics in the output; others are not written.
    package init(_ definitions: [MetricDefinition] = []) {
        self.definitions = definitions.sorted { $0.name < $1.name }
    }

    /// Adds to a counter or gauge; an amount of 0 only makes the series appear.
    package func add(_ amount: Double = 1, to metric: MetricDefinition, _ labels: String...) {
        change(metric, labels) { $0.value += amount }
    }

    /// Sets a gauge.
    package func set(_ metric: MetricDefinition, _ labels: String..., to value: Double) {
        change(metric, labels) { $0.value = value }
    }

    /// Replaces all series of a gauge. Values with the same labels are added up.
    package func replace(_ metric: MetricDefinition, with values: [(labels: [String], value: Double)]) {
        let sums = Dictionary(values.map { ($0.labels, $0.value) }, uniquingKeysWith: +)
        series.withLock { $0[metric.name] = sums.mapValues { Series(value: $0) } }
    }

    /// Counts a value in a histogram.
    package func observe(_ value: Double, in metric: MetricDefinition, _ labels: String...) {
        let bucket = metric.bounds.firstIndex { value <= $0 } ?? metric.bounds.count
        change(metric, labels) { series in
            if series.counts.isEmpty { series.counts = Array(repeating: 0, count: metric.bounds.count + 1) }
            series.counts[bucket] += 1
            series.value += value
        }
    }

    private func change(_ metric: MetricDefinition, _ labels: [String], _ body: (inout Series) -> Void) {
        precondition(labels.count == metric.labels.count, "'\(metric.name)' has the labels \(metric.labels)")
        series.withLock { body(&$0[metric.name, default: [:]][labels, default: Series()]) }
    }

    /// All current values, sorted by name and labels.
    package var text: String {
        let series = series.withLock { $0 }
        let lines = definitions.flatMap { metric in
            let values = (series[metric.name] ?? [:]).sorted { $0.key.lexicographicallyPrecedes($1.key) }
            return [
                "# HELP \(metric.name) \(Self.escaped(metric.meaning))",
                "# TYPE \(metric.name) \(metric.kind.rawValue)",
            ] + values.flatMap { Self.lines(metric, Array(zip(metric.labels, $0)), $1) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func lines(_ metric: MetricDefinition, _ labels: [(String, String)], _ series: Series) -> [String] {
        guard metric.kind == .histogram else { return [line(metric.name, labels, series.value)] }
        // Bucket counts are cumulative: each includes those of the buckets below it.
        var count = 0
        let buckets = zip(metric.bounds + [.infinity], series.counts).map { bound, more in
            count += more
            return line(metric.name + "_bucket", labels + [("le", bound.inPrometheus)], Double(count))
        }
        return buckets + [
            line(metric.name + "_sum", labels, series.value), line(metric.name + "_count", labels, Double(count)),
        ]
    }

    private static func line(_ name: String, _ labels: [(String, String)], _ value: Double) -> String {
        let pairs = labels.map { "\($0)=\"\(escaped($1).replacing("\"", with: "\\\""))\"" }
        return name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " " + value.inPrometheus
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }
}

extension Double {
    /// In the syntax of Go's ParseFloat, whole numbers without a point.
    fileprivate var inPrometheus: String {
        if isNaN { return "NaN" }
        guard isFinite else { return self > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: self).map { "\($0)" } ?? description
    }
}
