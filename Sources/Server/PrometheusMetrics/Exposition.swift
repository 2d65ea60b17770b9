/// Prometheus's text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
enum Exposition {
    /// The lines of one metric.
    ///
    /// - Parameters:
    ///   - definition: The metric.
    ///   - series: Its values by label values, in the order of output.
    /// - Returns: Lines, each with its line end.
    static func text(of definition: MetricDefinition, _ series: [(labels: [String], value: SeriesValue)]) -> String {
        let name = definition.name
        var lines = ["# HELP \(name) \(escaped(definition.meaning))", "# TYPE \(name) \(definition.kind.word)"]
        for (values, value) in series {
            let labels = Array(zip(definition.labels, values))
            switch value {
            case .number(let number): lines.append(line(name, labels, number))
            case .distribution(let distribution): lines += self.lines(name, labels, distribution)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The bucket counts are cumulative: each includes those of the buckets below it.
    private static func lines(
        _ name: String, _ labels: [(String, String)], _ distribution: Distribution
    ) -> [String] {
        var count = 0
        var lines: [String] = []
        for (bound, more) in zip(distribution.bounds + [.infinity], distribution.counts) {
            count += more
            lines.append(line(name + "_bucket", labels + [("le", bound.inPrometheus)], Double(count)))
        }
        return lines + [line(name + "_sum", labels, distribution.sum), line(name + "_count", labels, Double(count))]
    }

    private static func line(_ name: String, _ labels: [(String, String)], _ value: Double) -> String {
        let pairs = labels.map { "\($0)=\"\(escaped($1).replacing("\"", with: "\\\""))\"" }
        return name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " " + value.inPrometheus
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }
}

extension MetricDefinition.Kind {
    /// The name of the kind in the format, and for people.
    public var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
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
