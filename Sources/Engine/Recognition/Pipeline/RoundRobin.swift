import Collections

/// A round-robin queue of several jobs' items, so a short job never waits for all of a long one. The items of a job
/// stay in order.
struct RoundRobin<Job: Hashable, Item> {
    private var queues: OrderedDictionary<Job, Deque<Item>> = [:]

    /// How many items are queued.
    var count: Int { queues.values.reduce(0) { $0 + $1.count } }

    /// Adds an item after the others of its job; a new job goes to the end of the round.
    mutating func add(_ item: Item, of job: Job) {
        queues[job, default: []].append(item)
    }

    /// Takes the first item of the next job; that job goes to the end of the round.
    ///
    /// - Parameter fits: A job whose first item does not fit is skipped and keeps its turn.
    /// - Returns: `nil` if no job has an item that fits.
    mutating func next(where fits: (Item) -> Bool = { _ in true }) -> Item? {
        guard let job = queues.first(where: { $0.value.first.map(fits) ?? false })?.key,
            var queue = queues.removeValue(forKey: job)
        else { return nil }
        let item = queue.removeFirst()
        if !queue.isEmpty { queues[job] = queue }
        return item
    }

    /// Removes an item, if it is still queued.
    mutating func remove(of job: Job, where matches: (Item) -> Bool) -> Item? {
        guard let index = queues[job]?.firstIndex(where: matches) else { return nil }
        let item = queues[job]?.remove(at: index)
        if queues[job]?.isEmpty == true { queues[job] = nil }
        return item
    }
}
