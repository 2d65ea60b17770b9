import Concurrency

/// A thread that decodes one call at a time, for any job.
actor DecodeLane {
    nonisolated let priority: DecodePriority
    /// Tells whether the lane's call is overdue.
    nonisolated let watch = CallWatch()
    private let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a lane. A background lane has lower priority than all other threads.
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

    /// Makes a blocking call.
    ///
    /// - Parameters:
    ///   - limit: How long the call may take before it counts as hung.
    ///   - work: The call.
    /// - Returns: The result of the call.
    func call<R: Sendable>(limit: Duration, _ work: @Sendable () -> R) -> R { watch.during(limit: limit, work) }
}
