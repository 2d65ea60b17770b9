import Foundation

/// Shares the decode lanes of a model between all jobs, by turns.
public actor LaneScheduler {
    private struct Waiter {
        let id: UUID
        let lane: CheckedContinuation<DecodeLane, any Error>
    }

    /// How many segments are decoded at once.
    public nonisolated let laneCount: Int

    private var idle: [DecodeLane]
    private var waiting = RoundRobin<UUID, Waiter>()

    /// Makes the lanes.
    ///
    /// - Parameter lanes: At least one; more than the machine has cores gains nothing.
    public init(lanes: Int) {
        laneCount = max(1, lanes)
        idle = (0..<laneCount).map { DecodeLane(number: $0) }
    }

    /// Lends a lane to one piece of a job's work, once it is the job's turn.
    ///
    /// - Throws: `CancellationError` if the task is cancelled while it waits, and what the work throws.
    func withLane<R: Sendable>(
        for job: UUID, _ work: @Sendable (DecodeLane) async throws -> R
    ) async throws -> R {
        let lane = try await acquire(for: job)
        defer { release(lane) }
        try Task.checkCancellation()
        return try await work(lane)
    }

    /// How many pieces of work wait for a lane.
    var waitingCount: Int { waiting.count }

    /// What the lanes are doing now.
    public var load: LaneLoad {
        LaneLoad(lanes: laneCount, busy: laneCount - idle.count, waiting: waiting.count)
    }

    private func acquire(for job: UUID) async throws -> DecodeLane {
        try Task.checkCancellation()
        if let lane = idle.popLast() { return lane }
        let id = UUID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.add(Waiter(id: id, lane: continuation), of: job)
                }
            }
        } onCancel: {
            Task { await self.giveUp(id, of: job) }
        }
    }

    private func release(_ lane: DecodeLane) {
        if let next = waiting.next() {
            next.lane.resume(returning: lane)
        } else {
            idle.append(lane)
        }
    }

    private func giveUp(_ id: UUID, of job: UUID) {
        waiting.remove(of: job) { $0.id == id }?.lane.resume(throwing: CancellationError())
    }
}
