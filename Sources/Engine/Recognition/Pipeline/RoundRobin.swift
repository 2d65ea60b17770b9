import Collections

/// Waiting items of several jobs, given out one job after the other, so that a short job never waits for all of a long
/// one. Within a job the order is kept.
struct RoundRobin<Job: Hashable, Item> {
    private var queues: OrderedDictionary<Job, Deque<Item>> = [:]

    /// How many items wait.
    var count: Int { queues.values.reduce(0) { $0 + $1.count } }

    /// Adds an item behind the others of its job; a job new to the round comes last.
    mutating func add(_ item: Item, of job: Job) {
        queues[job, default: []].append(item)
    }

    /// Takes the first item of the job whose turn it is; the job goes to the end of the round.
    ///
    /// - Parameter fits: Jobs whose first item does not fit keep their turn.
    /// - Returns: `nil` if no job has one that fits.
    mutating func next(where fits: (Item) -> Bool = { _ in true }) -> Item? {
        guard let job = queues.first(where: { $0.value.first.map(fits) ?? false })?.key,
            var queue = queues.removeValue(forKey: job)
        else { return nil }
        let item = queue.removeFirst()
        if !queue.isEmpty { queues[job] = queue }
        return item
    }

    /// Takes out an item that no longer waits, if it still does.
    mutating func remove(of job: Job, where matches: (Item) -> Bool) -> Item? {
        guard let index = queues[job]?.firstIndex(where: matches) else { return nil }
        let item = queues[job]?.remove(at: index)
        if queues[job]?.isEmpty == true { queues[job] = nil }
        return item
    }
}
