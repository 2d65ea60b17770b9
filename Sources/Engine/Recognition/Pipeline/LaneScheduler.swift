import Essentials
import SpeechTypes

/// Shares the decode lanes of a model between all jobs, by turns.
actor LaneScheduler<Work: Sendable, Output: Sendable> {
    private struct Waiter {
        let id: UniqueID
        let work: Work
        let since = ContinuousClock.now
        let output: CheckedContinuation<(output: Output, wait: Duration), any Error>
    }

    /// How many calls go on at once; one more where an interactive one would have to wait for the background.
    nonisolated let laneCount: Int

    private let executor: (any TaskExecutor)?
    private let measure: @Sendable (Work) -> BatchMeasure
    private let patience: DecodePatience
    private let decode: @Sendable ([Work], _ isAlone: Bool) -> [Result<Output, any Error>]
    /// By priority; a lane is made when it is first needed.
    private var idle: [DecodePriority: [DecodeLane]] = [:]
    private var lanes: [DecodeLane] = []
    private var busyCount = 0
    private var queue: DecodeQueue<UniqueID, Waiter>

    /// Makes the lanes.
    ///
    /// - Parameters:
    ///   - lanes: At least one; more than the machine has cores gains nothing.
    ///   - limits: How many pieces of work one call may take.
    ///   - measure: Weighs a piece of work.
    ///   - patience: How long a call may take.
    ///   - executor: Where lanes are given their work; anywhere if `nil`.
    ///   - decode: The call, which may block; it has a result for each piece, in order. It is told whether an interactive
    ///     call has the lanes to itself, as far as can be seen when it begins.
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

    /// Has a piece of a job's work done on a lane, once it is the job's turn.
    ///
    /// - Returns: What the call says of it, and how long the work waited for its lane.
    /// - Throws: `CancellationError` if the task is cancelled while the work waits, and what the call says of it.
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

    /// What the lanes are doing now.
    var load: LaneLoad {
        LaneLoad(lanes: laneCount, busy: busyCount, waiting: queue.count, decoded: doneCount)
    }

    /// Whether a lane does not come back from its call: then nothing that waits for a lane is sure to get one.
    var isStuck: Bool { lanes.contains(where: \.watch.isOverdue) }

    private var doneCount = 0

    private func startCalls() {
        while let (batch, priority) = queue.next() {
            let lane = lane(for: priority)
            busyCount += 1
            let isAlone = priority == .interactive && busyCount == 1 && queue.count == 0
            // Unstructured because it is the work of all the jobs in it, each of which waits for its own output.
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
        // A call costs as if each piece were as long as the longest.
        let samples = (batch.map { measure($0.work).length }.max() ?? 0) * batch.count
        await lane.call(limit: patience.limit(samples: samples)) { [decode] in
            // From here, and not from the scheduler: that would cost those who wait another change of thread.
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
