import Collections
import Synchronization

/// A semaphore whose waits can be cancelled. Waits end in the order of arrival. An exclusive one needs all permits and
/// is not overtaken, except by a lighter exclusive one.
package final class AsyncSemaphore: Sendable {
    package enum Mode: Sendable {
        case shared
        case exclusive(weight: Int = 0)
    }

    package final class Permit: Sendable {
        private let semaphore: AsyncSemaphore
        private let cost: Int
        private let generation: Int

        fileprivate init(of semaphore: AsyncSemaphore, cost: Int, generation: Int) {
            self.semaphore = semaphore
            self.cost = cost
            self.generation = generation
        }

        deinit { semaphore.takeBack(cost, generation: generation) }
    }

    private struct Waiter {
        let mode: Mode
        let permit = OneShot<Permit>()
    }

    private struct State {
        var held = 0
        var generation = 0
        var waiting: Deque<Waiter> = []

        mutating func add(_ waiter: Waiter) {
            guard case .exclusive(let weight) = waiter.mode else { return waiting.append(waiter) }
            let place = waiting.firstIndex { if case .exclusive(let other) = $0.mode { other > weight } else { false } }
            waiting.insert(waiter, at: place ?? waiting.endIndex)
        }
    }

    private let count: Int
    private let state = Mutex(State())

    /// - Parameter count: How many shared permits there are, at least one.
    package init(_ count: Int = .max) { self.count = max(1, count) }

    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// Waits for a permit.
    ///
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    package func acquire(_ mode: Mode = .shared) async throws -> Permit {
        try await wait(mode) { try await $0.value() }
    }

    /// Waits for a permit, up to a limit; `nil` after that.
    ///
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    package func acquire(_ mode: Mode = .shared, within limit: Duration) async throws -> Permit? {
        try await wait(mode) { try await $0.value(within: limit) }
    }

    private func wait<Result>(_ mode: Mode, for permit: (OneShot<Permit>) async throws -> Result) async throws -> Result
    {
        try Task.checkCancellation()
        let waiter = Waiter(mode: mode)
        change { $0.add(waiter) }
        // Does nothing if the permit was granted.
        defer { change { state in state.waiting.removeAll { $0.permit === waiter.permit } } }
        return try await permit(waiter.permit)
    }

    /// Takes all permits if nobody holds or awaits one.
    package func acquireAllIfFree() -> Permit? {
        state.withLock { state in
            state.waiting.isEmpty && state.held == 0 ? grant(.exclusive(), of: &state) : nil
        }
    }

    /// Whether no lighter exclusive wait is the next.
    package func isNext(weighing weight: Int) -> Bool {
        state.withLock { state in
            guard case .exclusive(let lightest) = state.waiting.first?.mode else { return state.waiting.isEmpty }
            return weight <= lightest
        }
    }

    /// Takes back all permits, so that present holders delay nobody.
    package func forgetHolders() {
        change { state in
            state.generation += 1
            state.held = 0
        }
    }

    private func takeBack(_ cost: Int, generation: Int) {
        change { state in
            if generation == state.generation { state.held -= cost }
        }
    }

    private func grant(_ mode: Mode, of state: inout State) -> Permit? {
        let cost =
            switch mode {
            case .shared: 1
            case .exclusive: count
            }
        guard state.held <= count - cost else { return nil }
        state.held += cost
        return Permit(of: self, cost: cost, generation: state.generation)
    }

    /// Changes the state, and then grants permits to the first waiters as long as there are enough.
    private func change(_ body: (inout State) -> Void) {
        let granted = state.withLock { state in
            body(&state)
            var granted: [(permit: Permit, waiter: Waiter)] = []
            while let first = state.waiting.first, let permit = grant(first.mode, of: &state) {
                granted.append((permit, state.waiting.removeFirst()))
            }
            return granted
        }
        for (permit, waiter) in granted { waiter.permit.resolve(.success(permit)) }
    }
}
