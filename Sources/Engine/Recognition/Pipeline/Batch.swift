/// What counts when segments go through a model together.
struct BatchMeasure {
    /// How much sound there is, in samples.
    var length: Int
    /// What its request wants; only equal wishes go together.
    var request: RecognitionRequest
    /// Who goes first; only equals go together.
    var priority = DecodePriority.interactive
}

/// How much one call to the recognizer may take.
struct BatchLimits: Sendable, Equatable {
    /// The most segments.
    var count: Int
    /// The most samples, each segment counted as if it were as long as the longest: that is what a call costs.
    var total: Int
    /// The shortest segment's share of the longest.
    var similarity = 0.75

    /// One segment a call.
    static let none = BatchLimits(count: 1, total: .max)
}

/// The measures of a call that is being put together.
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

    /// Counts another segment in.
    mutating func add(_ other: BatchMeasure) {
        count += 1
        shortest = min(shortest, other.length)
        longest = max(longest, other.length)
    }
}
