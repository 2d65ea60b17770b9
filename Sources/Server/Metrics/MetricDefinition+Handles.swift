public import CoreMetrics

/// How a module gets hold of what it declared: swift-metrics' own types, under the definition's name.
extension MetricDefinition {
    /// The counter with these values of its labels.
    ///
    /// - Parameters:
    ///   - values: One for each label, in their order.
    ///   - factory: Where it is counted.
    /// - Returns: The counter; all with the same values count together.
    public func counter(_ values: String..., in factory: any MetricsFactory) -> Counter {
        Counter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// The counter with these values of its labels, for fractions.
    ///
    /// - Parameters:
    ///   - values: One for each label, in their order.
    ///   - factory: Where it is counted.
    /// - Returns: The counter; all with the same values count together.
    public func floatingPointCounter(_ values: String..., in factory: any MetricsFactory) -> FloatingPointCounter {
        FloatingPointCounter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// The gauge with these values of its labels.
    ///
    /// - Parameters:
    ///   - values: One for each label, in their order.
    ///   - factory: Where it is measured.
    /// - Returns: The gauge; all with the same values are the same.
    public func meter(_ values: String..., in factory: any MetricsFactory) -> Meter {
        meter(values, in: factory)
    }

    func meter(_ values: [String], in factory: any MetricsFactory) -> Meter {
        Meter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// The histogram with these values of its labels.
    ///
    /// - Parameters:
    ///   - values: One for each label, in their order.
    ///   - factory: Where it is measured.
    /// - Returns: The histogram; all with the same values count together.
    public func recorder(_ values: String..., in factory: any MetricsFactory) -> Recorder {
        Recorder(label: name, dimensions: dimensions(values), aggregate: true, factory: factory)
    }

    /// The histogram of times, in seconds, with these values of its labels.
    ///
    /// - Parameters:
    ///   - values: One for each label, in their order.
    ///   - factory: Where it is measured.
    /// - Returns: The histogram; all with the same values count together.
    public func timer(_ values: String..., in factory: any MetricsFactory) -> Timer {
        Timer(label: name, dimensions: dimensions(values), factory: factory)
    }

    private func dimensions(_ values: [String]) -> [(String, String)] {
        precondition(values.count == labels.count, "'\(name)' has the labels \(labels), not \(values.count) of them")
        return Array(zip(labels, values))
    }
}
