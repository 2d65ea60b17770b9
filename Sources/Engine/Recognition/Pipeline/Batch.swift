/// The properties of a segment that decide about batching.
struct BatchMeasure {
    /// The length in samples.
    var length: Int
    /// The options; only equal ones share a batch.
    var request: RecognitionRequest
    /// The priority; only equal ones share a batch.
    var priority = DecodePriority.interactive
}

/// The limits of one call to the recognizer.
struct BatchLimits: Sendable, Equatable {
    /// The most segments.
    var count: Int
    /// The most samples. Each segment counts as long as the longest, since that is the cost of a call.
    var total: Int
    /// The least ratio of the shortest segment to the longest.
    var similarity = 0.75

    /// One segment a call.
    static let none = BatchLimits(count: 1, total: .max)
}

/// The measures of a batch under construction.
struct Batch {
    private let limits: BatchLimits
    private let request: RecognitionRequest
    let priority: DecodePriority
    private var count = 1
    private var shortest: Int
    private var longest: Int

    init(_ first: BatchMeasure, limits: BatchLimits) {
        self.limits = limits
        request = first.request
        priority = first.priority
        shortest = first.length
        longest = first.length
    }

    /// Whether another segment fits.
    func takes(_ other: BatchMeasure) -> Bool {
        let (shortest, longest) = (min(shortest, other.length), max(longest, other.length))
        return count < limits.count && (count + 1) * longest <= limits.total
            && Double(shortest) >= limits.similarity * Double(longest) && other.request == request
            && other.priority == priority
    }

    /// Adds another segment.
    mutating func add(_ other: BatchMeasure) {
        count += 1
        shortest = min(shortest, other.length)
        longest = max(longest, other.length)
    }
}
