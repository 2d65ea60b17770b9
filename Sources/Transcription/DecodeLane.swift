import BlockingWork

/// A thread that decodes: one call at a time, whoever's turn it is.
actor DecodeLane {
    private let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(number: Int) {
        executor = QueueExecutor(label: "decode lane \(number)")
    }

    /// Makes a call that blocks.
    func call<R: Sendable>(_ work: @Sendable () -> R) -> R { work() }
}
