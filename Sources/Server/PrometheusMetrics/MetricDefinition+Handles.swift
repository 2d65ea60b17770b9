public import CoreMetrics

/// Makes swift-metrics' handles for a definition.
extension MetricDefinition {
    /// The counter with these label values.
    ///
    /// - Parameters:
    ///   - values: One value per label, in their order.
    ///   - factory: Where it is counted.
    /// - Returns: The counter; all counters with the same values share one count.
    public func counter(_ values: String..., in factory: any MetricsFactory) -> Counter {
        Counter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// The counter with these label values, for fractions.
    ///
    /// - Parameters:
    ///   - values: One value per label, in their order.
    ///   - factory: Where it is counted.
    /// - Returns: The counter; all counters with the same values share one count.
    public func floatingPointCounter(_ values: String..., in factory: any MetricsFactory) -> FloatingPointCounter {
        FloatingPointCounter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// The gauge with these label values.
    ///
    /// - Parameters:
    ///   - values: One value per label, in their order.
    ///   - factory: Where it is measured.
    /// - Returns: The gauge; all gauges with the same label values share one value.
    public func meter(_ values: String..., in factory: any MetricsFactory) -> Meter {
        meter(values, in: factory)
    }

    func meter(_ values: [String], in factory: any MetricsFactory) -> Meter {
        Meter(label: name, dimensions: dimensions(values), factory: factory)
    }

    /// The histogram with these label values.
    ///
    /// - Parameters:
    ///   - values: One value per label, in their order.
    ///   - factory: Where it is measured.
    /// - Returns: The histogram; all histograms with the same values share their counts.
    public func recorder(_ values: String..., in factory: any MetricsFactory) -> Recorder {
        Recorder(label: name, dimensions: dimensions(values), aggregate: true, factory: factory)
    }

    /// The histogram of times, in seconds, with these label values.
    ///
    /// - Parameters:
    ///   - values: One value per label, in their order.
    ///   - factory: Where it is measured.
    /// - Returns: The histogram; all histograms with the same values share their counts.
    public func timer(_ values: String..., in factory: any MetricsFactory) -> Timer {
        Timer(label: name, dimensions: dimensions(values), factory: factory)
    }

    private func dimensions(_ values: [String]) -> [(String, String)] {
        precondition(values.count == labels.count, "'\(name)' has the labels \(labels), not \(values.count) of them")
        return Array(zip(labels, values))
    }
}
