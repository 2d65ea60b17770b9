import Synchronization

/// Ends a server in steps when signals ask for it.
final class ServerEnd: Sendable {
    private let steps = Mutex(ServerEndSteps())
    private let drain: @Sendable () -> Void
    private let delay: @Sendable () async -> Duration
    private let stop: @Sendable () async -> Void
    private let exit: @Sendable (Int32) -> Void

    /// - Parameters:
    ///   - drain: Makes the server say that it is not ready.
    ///   - delay: Returns how long it goes on answering then.
    ///   - stop: Makes it finish its running requests and end.
    ///   - exit: Ends the process at once, because of the signal with this number.
    init(
        drain: @escaping @Sendable () -> Void, delay: @escaping @Sendable () async -> Duration,
        stop: @escaping @Sendable () async -> Void, exit: @escaping @Sendable (Int32) -> Void
    ) {
        self.drain = drain
        self.delay = delay
        self.stop = stop
        self.exit = exit
    }

    /// Whether the server was made to finish its running requests and end.
    var isStopping: Bool { steps.withLock { $0.isStopping } }

    /// Receives a signal, on any thread.
    @Sendable func receive(_ number: Int32) { take(steps.withLock { $0.receive(number) }) }

    private func take(_ step: ServerEndSteps.Step?) {
        switch step {
        case nil: break
        case .drain:
            drain()
            Task {
                let delay = await delay()
                take(steps.withLock { $0.begin(delay) })
            }
        case .wait(let delay):
            Task {
                try? await Task.sleep(for: delay)
                take(steps.withLock { $0.delayIsOver() })
            }
        case .stop: Task { await stop() }
        case .exit(let number): exit(number)
        }
    }
}

/// What the signals that ask a server to end mean, one after the other. Does no I/O and reads no clock.
struct ServerEndSteps {
    enum Step: Equatable {
        /// Drain, and find out for how long.
        case drain
        case wait(Duration)
        /// Finish the running requests and end.
        case stop
        /// End the process at once, because of the signal with this number.
        case exit(Int32)
    }

    private enum Stage: Equatable {
        case running
        /// The delay is not known yet; with the second signal, if it has come.
        case draining(second: Int32?)
        case waiting
        case stopping
    }

    private var stage = Stage.running

    var isStopping: Bool { stage == .stopping }

    /// Receives a signal: the first one drains. If there is a delay, the second one ends it, and the third one ends the
    /// process at once; if there is none, or it is over, the second one does.
    mutating func receive(_ number: Int32) -> Step? {
        switch stage {
        case .running:
            stage = .draining(second: nil)
            return .drain
        case .draining(nil):
            stage = .draining(second: number)
            return nil
        case .waiting:
            stage = .stopping
            return .stop
        case .draining, .stopping: return .exit(number)
        }
    }

    /// Begins the delay, which may be zero.
    mutating func begin(_ delay: Duration) -> Step? {
        guard case .draining(let second) = stage else { return nil }
        guard delay > .zero else {
            stage = .stopping
            return second.map(Step.exit) ?? .stop
        }
        stage = second == nil ? .waiting : .stopping
        return second == nil ? .wait(delay) : .stop
    }

    /// Ends the delay, unless a signal has ended it.
    mutating func delayIsOver() -> Step? {
        guard stage == .waiting else { return nil }
        stage = .stopping
        return .stop
    }
}
