import Concurrency
import Essentials
import SpeechTypes

/// Shares the decode lanes of a model between all jobs, round robin.
actor LaneScheduler<Work: Sendable, Output: Sendable> {
    private struct Waiter {
        let id: UniqueID
        let work: Work
        let since = ContinuousClock.now
        let output: CheckedContinuation<(output: Output, wait: Duration), any Error>
    }

    /// How many calls run at the same time; one more if an interactive call would have to wait for background calls.
    nonisolated let laneCount: Int

    /// Runs the tasks that give lanes their work; `nil` for Swift's default.
    nonisolated let executor: (any TaskExecutor)?
    private let measure: @Sendable (Work) -> BatchMeasure
    private let patience: DecodePatience
    private let decode: @Sendable ([Work], _ isAlone: Bool) -> [Result<Output, any Error>]
    /// By priority. A lane is made when it is first needed.
    private var idle: [DecodePriority: [DecodeLane]] = [:]
    private var lanes: [DecodeLane] = []
    private var busyCount = 0
    private var queue: DecodeQueue<UniqueID, Waiter>

    /// More lanes than cores gain nothing. `executor` runs the tasks that give lanes their work. `decode` may block, and
    /// returns a result for each piece of work, in order; `isAlone` is whether it is an interactive call and no other
    /// one runs or waits when it begins.
    init(
        lanes: Int, limits: BatchLimits, measure: @escaping @Sendable (Work) -> BatchMeasure,
        patience: DecodePatience = .standard, executor: (any TaskExecutor)? = nil,
        decode: @escaping @Sendable ([Work], _ isAlone: Bool) -> [Result<Output, any Error>]
    ) {
        laneCount = max(1, lanes)
        queue = DecodeQueue(lanes: laneCount, limits: limits) { measure($0.work) }
        self.measure = measure
        self.patience = patience
        self.executor = executor
        self.decode = decode
    }

    /// Runs a piece of a job's work on a lane, in the job's turn; returns how long it waited for a lane, too.
    ///
    /// - Throws: `CancellationError` if the task is cancelled while the work waits, and the error of the call.
    func run(_ work: Work, for job: UniqueID) async throws -> (output: Output, wait: Duration) {
        let id = UniqueID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { output in
                guard !Task.isCancelled else { return output.resume(throwing: CancellationError()) }
                queue.add(Waiter(id: id, work: work, output: output), of: job)
                startCalls()
            }
        } onCancel: {
            Task { await self.giveUp(id, of: job) }
        }
    }

    var load: LaneLoad {
        LaneLoad(lanes: laneCount, busy: busyCount, waiting: queue.count, decoded: doneCount)
    }

    /// Whether a call on a lane is overdue: then work that waits may never get a lane.
    var isStuck: Bool { lanes.contains(where: \.watch.isOverdue) }

    private var doneCount = 0

    private func startCalls() {
        while let (batch, priority) = queue.next() {
            let lane = lane(for: priority)
            busyCount += 1
            let isAlone = priority == .interactive && busyCount == 1 && queue.count == 0
            // Unstructured, because a batch has work of several jobs, and each job waits for its own output.
            Task(executorPreference: executor) { await self.call(batch, isAlone: isAlone, on: lane) }
        }
    }

    private func lane(for priority: DecodePriority) -> DecodeLane {
        if let idle = idle[priority]?.popLast() { return idle }
        let lane = DecodeLane(number: lanes.count, priority: priority)
        lanes.append(lane)
        return lane
    }

    private func call(_ batch: [Waiter], isAlone: Bool, on lane: DecodeLane) async {
        let start = ContinuousClock.now
        // Each piece of a batch costs as much as the longest.
        let samples = (batch.map { measure($0.work).length }.max() ?? 0) * batch.count
        await lane.call(limit: patience.limit(samples: samples)) { [decode] in
            // Resume from the lane's thread: resuming from the scheduler would cost the waiting tasks another thread
            // switch.
            for (waiter, output) in zip(batch, decode(batch.map(\.work), isAlone)) {
                waiter.output.resume(with: output.map { ($0, start - waiter.since) })
            }
        }
        doneCount += batch.count
        busyCount -= 1
        idle[lane.priority, default: []].append(lane)
        queue.finish(lane.priority)
        startCalls()
    }

    private func giveUp(_ id: UniqueID, of job: UniqueID) {
        queue.remove(of: job) { $0.id == id }?.output.resume(throwing: CancellationError())
    }
}

/// A thread that decodes one call at a time, for any job.
actor DecodeLane {
    nonisolated let priority: DecodePriority
    nonisolated let watch = CallWatch()
    private let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a lane. Lanes for work that can wait have lower priority than all other threads.
    init(number: Int, priority: DecodePriority) {
        self.priority = priority
        switch priority {
        case .live, .interactive: executor = QueueExecutor(label: "decode lane \(number)")
        case .background, .look:
            let yielding = LowPriorityExecutor(label: "background \(number)")
            yielding.lowerPriority()
            executor = yielding
        }
    }

    /// Makes a blocking call, which counts as hung after the limit.
    func call<R: Sendable>(limit: Duration, _ work: @Sendable () -> R) -> R { watch.during(limit: limit, work) }
}
