import NIOCore

/// The continuous clock, whose sleepers an event loop wakes: no other thread has a part in it.
struct EventLoopClock: Clock {
    let eventLoop: any EventLoop

    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        let awakening = eventLoop.scheduleTask(in: TimeAmount(max(.zero, deadline - now))) {}
        do {
            try await withTaskCancellationHandler {
                try await awakening.futureResult.get()
            } onCancel: {
                awakening.cancel()
            }
        } catch {
            throw CancellationError()
        }
    }
}
