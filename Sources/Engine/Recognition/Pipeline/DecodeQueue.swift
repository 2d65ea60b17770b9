/// The queue of segments for the decode lanes: decides which are next, and which share a batch. Pure value, no I/O.
///
/// An idle lane takes the first segment of the next job. If more segments wait than lanes are idle, others that fit
/// join the batch, in the order of their turns. A segment never waits for others to join.
///
/// If background segments occupy the lanes, one interactive segment need not wait: it is decoded on an additional lane
/// with higher priority. Background segments get no lane until fewer than `lanes` calls run.
struct DecodeQueue<Job: Hashable, Item> {
    /// The measure of a segment.
    typealias Measure = (Item) -> BatchMeasure

    private let limits: BatchLimits
    private let measure: Measure
    private var round = RoundRobin<Job, Item>()
    private let lanes: Int
    private var busy: [DecodePriority: Int] = [:]

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - lanes: How many calls run at the same time.
    ///   - limits: How many segments one call may take.
    ///   - measure: The measure of a segment.
    init(lanes: Int, limits: BatchLimits, measure: @escaping Measure) {
        self.lanes = lanes
        self.limits = limits
        self.measure = measure
    }

    /// How many segments are queued.
    var count: Int { round.count }

    /// Adds a segment after the others of its job.
    mutating func add(_ item: Item, of job: Job) {
        round.add(item, of: job)
    }

    /// Removes a segment, if it is still queued.
    mutating func remove(of job: Job, where matches: (Item) -> Bool) -> Item? {
        round.remove(of: job, where: matches)
    }

    /// Takes the next batch for an idle lane.
    ///
    /// - Returns: The segments of one call, and their priority; `nil` if no queued segment may have a lane.
    mutating func next() -> (items: [Item], priority: DecodePriority)? {
        let served = DecodePriority.allCases.filter(hasLane)
        guard let first = round.next(where: { [measure] in served.contains(measure($0).priority) }) else { return nil }
        var batch = Batch(measure(first), limits: limits)
        busy[batch.priority, default: 0] += 1
        let idleLanes = max(0, lanes - busyLanes)
        var items = [first]
        // Segments that an idle lane can take finish sooner there.
        while round.count > idleLanes, let other = round.next(where: { batch.takes(measure($0)) }) {
            batch.add(measure(other))
            items.append(other)
        }
        return (items, batch.priority)
    }

    /// Marks the lane of a finished call as idle.
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
