/// The segments that wait for a decode lane: whose turn it is, and who may go together. A value without I/O.
///
/// A lane that comes free takes the first segment of the job whose turn it is. While more wait than lanes are idle, others
/// that fit go along in the same call, in the order of their turns. Nobody waits for company.
struct DecodeQueue<Job: Hashable, Item> {
    /// What one segment weighs, and with which others it may go.
    typealias Measure = (Item) -> BatchMeasure

    private let limits: BatchLimits
    private let measure: Measure
    private var round = RoundRobin<Job, Item>()
    private var idleLanes: Int

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - lanes: How many calls go on at once.
    ///   - limits: How many segments one call may take.
    ///   - measure: Weighs a segment.
    init(lanes: Int, limits: BatchLimits, measure: @escaping Measure) {
        idleLanes = lanes
        self.limits = limits
        self.measure = measure
    }

    /// How many segments wait.
    var count: Int { round.count }

    /// Adds a segment behind the others of its job.
    mutating func add(_ item: Item, of job: Job) {
        round.add(item, of: job)
    }

    /// Takes out a segment that no longer waits, if it still does.
    mutating func remove(of job: Job, where matches: (Item) -> Bool) -> Item? {
        round.remove(of: job, where: matches)
    }

    /// Gives an idle lane what it decodes next.
    ///
    /// - Returns: The segments of one call; `nil` if no lane is idle or nothing waits.
    mutating func next() -> [Item]? {
        guard idleLanes > 0, let first = round.next() else { return nil }
        idleLanes -= 1
        var items = [first]
        var batch = Batch(measure(first), limits: limits)
        // What an idle lane can take is sooner done there.
        while round.count > idleLanes, let other = round.next(where: { batch.takes(measure($0)) }) {
            batch.add(measure(other))
            items.append(other)
        }
        return items
    }

    /// Ends a call: its lane is idle again.
    mutating func finish() {
        idleLanes += 1
    }
}
