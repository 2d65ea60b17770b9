import Collections
import SpeechTypes

/// The queue of segments for the decode lanes: decides which are next, and which share a batch.
///
/// An idle lane takes the first segment of the next job. If more segments wait than lanes are idle, others that fit
/// join the batch, in the order of their turns. A segment never waits for others to join.
///
/// If background segments occupy the lanes, one interactive segment need not wait: it is decoded on an additional lane
/// with higher priority. Background segments get no lane until fewer than `lanes` calls run. Live segments come before
/// all others and get an additional lane likewise; they do not wait for looks, which get a lane only while nothing else
/// waits.
struct DecodeQueue<Job: Hashable, Item> {
    private let limits: BatchLimits
    private let measure: (Item) -> BatchMeasure
    private var round = RoundRobin<Job, Item>()
    private let lanes: Int
    private var busy: [DecodePriority: Int] = [:]

    /// `lanes` is how many calls run at the same time.
    init(lanes: Int, limits: BatchLimits, measure: @escaping (Item) -> BatchMeasure) {
        self.lanes = lanes
        self.limits = limits
        self.measure = measure
    }

    var count: Int { round.count }

    mutating func add(_ item: Item, of job: Job) { round.add(item, of: job) }

    mutating func remove(of job: Job, where matches: (Item) -> Bool) -> Item? {
        round.remove(of: job, where: matches)
    }

    /// Takes the next batch for an idle lane; `nil` if no queued segment may have a lane.
    mutating func next() -> (items: [Item], priority: DecodePriority)? {
        guard let first = takeFirst() else { return nil }
        let priority = measure(first).priority
        busy[priority, default: 0] += 1
        let idleLanes = max(0, lanes - busyLanes)
        var batch = [first]
        // Segments that an idle lane can take finish sooner there.
        while round.count > idleLanes {
            let fitting = round.next { [limits, measure, batch] in limits.allow((batch + [$0]).map(measure)) }
            guard let fitting else { break }
            batch.append(fitting)
        }
        return (batch, priority)
    }

    /// Marks the lane of a finished call as idle.
    mutating func finish(_ priority: DecodePriority) { busy[priority, default: 0] -= 1 }

    private mutating func takeFirst() -> Item? {
        for rank in DecodePriority.ranks {
            let served = rank.filter(hasLane)
            if let item = round.next(where: { [measure] in served.contains(measure($0).priority) }) { return item }
        }
        return nil
    }

    private var busyLanes: Int { busy.values.reduce(0, +) }

    private func hasLane(for priority: DecodePriority) -> Bool {
        switch priority {
        case .live: busy[.live, default: 0] < lanes && busyLanes - busy[.look, default: 0] <= lanes
        case .background, .look: busyLanes < lanes
        case .interactive: busy[.interactive, default: 0] < lanes && busyLanes <= lanes
        }
    }
}

/// A round-robin queue of several jobs' items, so a short job never waits for all of a long one. The items of a job
/// stay in order.
struct RoundRobin<Job: Hashable, Item> {
    private var queues: OrderedDictionary<Job, Deque<Item>> = [:]

    var count: Int { queues.values.reduce(0) { $0 + $1.count } }

    /// Adds an item after the others of its job; a new job goes to the end of the round.
    mutating func add(_ item: Item, of job: Job) { queues[job, default: []].append(item) }

    /// Takes the first item of the next job; that job goes to the end of the round. A job whose first item does not fit
    /// is skipped and keeps its turn.
    mutating func next(where fits: (Item) -> Bool) -> Item? {
        guard let job = queues.first(where: { $0.value.first.map(fits) ?? false })?.key,
            var queue = queues.removeValue(forKey: job)
        else { return nil }
        let item = queue.removeFirst()
        if !queue.isEmpty { queues[job] = queue }
        return item
    }

    mutating func remove(of job: Job, where matches: (Item) -> Bool) -> Item? {
        guard let index = queues[job]?.firstIndex(where: matches) else { return nil }
        let item = queues[job]?.remove(at: index)
        if queues[job]?.isEmpty == true { queues[job] = nil }
        return item
    }
}

/// Which segments are decoded first if cores are scarce.
enum DecodePriority: Sendable, Hashable, CaseIterable {
    /// Someone speaks, and waits for the final text.
    case live
    /// A user waits for the text.
    case interactive
    /// A later part of a long recording, which takes long in any case.
    case background
    /// A provisional text of a live session, which nobody misses: it is decoded only while a lane would be idle.
    case look

    /// In the order in which waiting work gets a lane; priorities of one rank take turns.
    static let ranks: [Set<DecodePriority>] = [[.live], [.interactive, .background], [.look]]

    /// How much of a recording is interactive, so that the first text of a long one arrives soon as well.
    private static let interactiveBeginning = Duration.seconds(60)

    init(of segment: SpeechSegment) {
        self = segment.start < Self.interactiveBeginning ? .interactive : .background
    }
}

struct BatchMeasure {
    /// In samples.
    var length: Int
    /// Only segments of equal requests share a batch.
    var request: RecognitionRequest
    /// Only segments of equal priority share a batch.
    var priority = DecodePriority.interactive
    /// Whether it is the next audio of a stream: that shares no batch with segments.
    var isStreamed = false
}

/// The limits of one call to the recognizer.
struct BatchLimits: Sendable, Equatable {
    var count: Int
    /// The most samples. Each segment counts as long as the longest, since that is the cost of a call.
    var total: Int
    var similarity = 0.75

    /// One segment a call.
    static let none = BatchLimits(count: 1, total: .max)

    func allow(_ batch: [BatchMeasure]) -> Bool {
        let lengths = batch.map(\.length)
        guard let first = batch.first, let shortest = lengths.min(), let longest = lengths.max() else { return true }
        return batch.count <= count && batch.count * longest <= total
            && Double(shortest) >= similarity * Double(longest)
            && batch.allSatisfy {
                $0.request == first.request && $0.priority == first.priority && $0.isStreamed == first.isStreamed
            }
    }
}
