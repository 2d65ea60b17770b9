import Concurrency

/// A thread that decodes: one call at a time, whoever's turn it is.
actor DecodeLane {
    nonisolated let priority: DecodePriority
    /// Whether the lane's call comes back.
    nonisolated let watch = CallWatch()
    private let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a lane. One for the background leaves the cores to all that has more to do with people.
    init(number: Int, priority: DecodePriority) {
        self.priority = priority
        switch priority {
        case .interactive: executor = QueueExecutor(label: "decode lane \(number)")
        case .background:
            let yielding = LowPriorityExecutor(label: "background \(number)")
            yielding.lowerPriority()
            executor = yielding
        }
    }

    /// Makes a call that blocks.
    ///
    /// - Parameters:
    ///   - limit: How long it may take before it counts as one that never ends.
    ///   - work: The call.
    /// - Returns: What the call returns.
    func call<R: Sendable>(limit: Duration, _ work: @Sendable () -> R) -> R { watch.during(limit: limit, work) }
}
