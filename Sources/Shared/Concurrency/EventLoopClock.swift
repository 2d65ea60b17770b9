public import NIOCore

/// The continuous clock, with sleeps scheduled on an event loop: no other thread is involved.
public struct EventLoopClock: Clock {
    private let eventLoop: any EventLoop

    /// Uses the event loop that the sleeping tasks run on.
    public init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// The continuous clock's time.
    public var now: ContinuousClock.Instant { .now }
    /// The continuous clock's resolution.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Sleeps until the deadline, or a little longer.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
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
