/// What tells one series from all others.
struct SeriesID: Hashable {
    let name: String
    /// The values of the labels, in the order of the definition.
    let values: [String]

    /// - Returns: `nil` if these are not the labels of the definition, each once.
    init?(_ definition: MetricDefinition, _ dimensions: [(String, String)]) {
        let given = Dictionary(dimensions) { first, _ in first }
        let values = definition.labels.compactMap { given[$0] }
        guard values.count == dimensions.count, values.count == definition.labels.count else { return nil }
        name = definition.name
        self.values = values
    }
}

/// The numbers under one name and one set of labels.
protocol Series: AnyObject, Sendable {
    var id: SeriesID { get }
    var value: SeriesValue { get }

    /// - Returns: `nil` if the metric is of another kind.
    init?(_ id: SeriesID, kind: MetricDefinition.Kind)
}

/// What a series says at one moment.
enum SeriesValue: Equatable {
    case number(Double)
    case distribution(Distribution)
}

/// How often values were of which size.
struct Distribution: Equatable {
    /// The upper bounds of all counts but the last, which has none.
    let bounds: [Double]
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Counts a value; what is no number counts nowhere.
    mutating func add(_ value: Double) {
        guard !value.isNaN else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}
