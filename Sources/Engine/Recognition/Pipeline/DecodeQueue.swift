/// The segments that wait for a decode lane: whose turn it is, and who may go together. A value without I/O.
///
/// A lane that comes free takes the first segment of the job whose turn it is. While more wait than lanes are idle, others
/// that fit go along in the same call, in the order of their turns. Nobody waits for company.
///
/// Where background segments have the lanes, one interactive segment need not wait for them: it is decoded beside them on
/// one lane more, whose thread goes first. They get no lane before there is one left over again.
struct DecodeQueue<Job: Hashable, Item> {
    /// What one segment weighs, and with which others it may go.
    typealias Measure = (Item) -> BatchMeasure

    private let limits: BatchLimits
    private let measure: Measure
    private var round = RoundRobin<Job, Item>()
    private let lanes: Int
    private var busy: [DecodePriority: Int] = [:]

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - lanes: How many calls go on at once.
    ///   - limits: How many segments one call may take.
    ///   - measure: Weighs a segment.
    init(lanes: Int, limits: BatchLimits, measure: @escaping Measure) {
        self.lanes = lanes
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
    /// - Returns: The segments of one call, and their priority; `nil` if no lane is idle for any that waits.
    mutating func next() -> (items: [Item], priority: DecodePriority)? {
        let served = DecodePriority.allCases.filter(hasLane)
        guard let first = round.next(where: { [measure] in served.contains(measure($0).priority) }) else { return nil }
        var batch = Batch(measure(first), limits: limits)
        busy[batch.priority, default: 0] += 1
        let idleLanes = max(0, lanes - busyLanes)
        var items = [first]
        // What an idle lane can take is sooner done there.
        while round.count > idleLanes, let other = round.next(where: { batch.takes(measure($0)) }) {
            batch.add(measure(other))
            items.append(other)
        }
        return (items, batch.priority)
    }

    /// Ends a call: its lane is idle again.
    mutating func finish(_ priority: DecodePriority) {
        busy[priority, default: 0] -= 1
    }

    private var busyLanes: Int { busy.values.reduce(0, +) }

    private func hasLane(for priority: DecodePriority) -> Bool {
        switch priority {
        case .background: busyLanes < lanes
        case .interactive: busy[.interactive, default: 0] < lanes && busyLanes <= lanes
        }
    }
}
