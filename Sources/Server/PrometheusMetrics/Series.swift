/// The identity of a series.
struct SeriesID: Hashable {
    let name: String
    /// The values of the labels, in the order of the definition.
    let values: [String]

    /// - Returns: `nil` unless these are the labels of the definition, each once.
    init?(_ definition: MetricDefinition, _ dimensions: [(String, String)]) {
        let given = Dictionary(dimensions) { first, _ in first }
        let values = definition.labels.compactMap { given[$0] }
        guard values.count == dimensions.count, values.count == definition.labels.count else { return nil }
        name = definition.name
        self.values = values
    }
}

/// The values for one name and one set of labels.
protocol Series: AnyObject, Sendable {
    var id: SeriesID { get }
    var value: SeriesValue { get }

    /// - Returns: `nil` if the metric is of another kind.
    init?(_ id: SeriesID, kind: MetricDefinition.Kind)
}

/// The value of a series at one moment.
enum SeriesValue: Equatable {
    case number(Double)
    case distribution(Distribution)
}

/// A histogram of values.
struct Distribution: Equatable {
    /// The upper bounds of all counts except the last, which has none.
    let bounds: [Double]
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Counts a value; NaN is ignored.
    mutating func add(_ value: Double) {
        guard !value.isNaN else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}
