/// The definition of a metric, declared once by the module that measures it.
///
/// Names follow Prometheus's conventions: base units as suffixes, and `_total` for counters. A definition is part of
/// the program, so an invalid one stops the process where it is made.
public struct MetricDefinition: Sendable, Equatable {
    /// The kinds of metric.
    public enum Kind: Sendable, Equatable {
        /// A number that only grows.
        case counter
        /// A number that goes up and down.
        case gauge
        /// Counts of values up to each of these bounds, which ascend; infinity is added to them.
        case histogram(bounds: [Double])
    }

    /// The metric's name in Prometheus.
    public let name: String
    /// The kind of metric.
    public let kind: Kind
    /// The names of its labels, in the order of their values.
    public let labels: [String]
    /// The meaning, in one line.
    public let meaning: String

    private init(_ name: String, _ kind: Kind, _ labels: [String], _ meaning: String) {
        precondition(MetricName.isValid(name), "'\(name)' is no name of a metric: see MetricName")
        precondition(
            (kind == .counter) == name.hasSuffix("_total"), "'\(name)': counters, and only they, end in _total")
        precondition(labels.allSatisfy(MetricName.isValidLabel), "'\(name)' has labels that may not be: \(labels)")
        precondition(Set(labels).count == labels.count, "'\(name)' has a label twice: \(labels)")
        if case .histogram(let bounds) = kind {
            precondition(!bounds.isEmpty && bounds.allSatisfy(\.isFinite), "'\(name)' needs bounds that are numbers")
            precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "'\(name)' needs bounds that ascend")
        }
        self.name = name
        self.kind = kind
        self.labels = labels
        self.meaning = meaning
    }

    /// Declares a number that only grows; its name must end in `_total`.
    public static func counter(_ name: String, labels: [String] = [], _ meaning: String) -> Self {
        Self(name, .counter, labels, meaning)
    }

    /// Declares a number that goes up and down.
    public static func gauge(_ name: String, labels: [String] = [], _ meaning: String) -> Self {
        Self(name, .gauge, labels, meaning)
    }

    /// Declares a histogram.
    public static func histogram(
        _ name: String, labels: [String] = [], bounds: [Double], _ meaning: String
    ) -> Self {
        Self(name, .histogram(bounds: bounds), labels, meaning)
    }
}
