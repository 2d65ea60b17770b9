import BlockingWork

/// A thread that decodes: one call at a time, whoever's turn it is.
actor DecodeLane {
    nonisolated let priority: DecodePriority
    private let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a lane. One for the background leaves the cores to all that has more to do with people.
    init(number: Int, priority: DecodePriority) {
        self.priority = priority
        switch priority {
        case .interactive: executor = QueueExecutor(label: "decode lane \(number)")
        case .background:
            let yielding = YieldingExecutor(label: "background lane \(number)")
            yielding.stepBack()
            executor = yielding
        }
    }

    /// Makes a call that blocks.
    func call<R: Sendable>(_ work: @Sendable () -> R) -> R { work() }
}
