import Essentials
import Collections
import Synchronization

/// Admits jobs to an engine: any number at once, or one alone.
///
/// After a crash it is unknown which job caused it, so each is run again alone (`Quarantine`). Jobs enter in order of
/// arrival, and one that waits to be alone holds back those behind it; a lighter one overtakes it.
final class SharedExclusiveLock: Sendable {
    /// How a job is admitted.
    enum Mode: Sendable {
        case shared
        /// Of the jobs that wait to be alone, the lightest goes first.
        case alone(weight: Int = 0)
    }

    /// A place inside, released with the value.
    final class Pass: Sendable {
        private let gate: SharedExclusiveLock
        private let mode: Mode
        private let generation: Int

        fileprivate init(gate: SharedExclusiveLock, mode: Mode, generation: Int) {
            self.gate = gate
            self.mode = mode
            self.generation = generation
        }

        deinit {
            gate.leave(mode, generation: generation)
        }
    }

    private struct Waiter {
        let id: UniqueID
        let mode: Mode
        let entry: CheckedContinuation<Int, any Error>
    }

    private struct State {
        var sharing = 0
        var isTakenAlone = false
        /// Counts the calls of `forgetAllInside()`.
        var generation = 0
        var waiting: Deque<Waiter> = []

        mutating func enter(_ mode: Mode) -> Bool {
            switch mode {
            case .shared where !isTakenAlone: sharing += 1
            case .alone where !isTakenAlone && sharing == 0: isTakenAlone = true
            default: return false
            }
            return true
        }

        mutating func add(_ waiter: Waiter) {
            guard case .alone(let weight) = waiter.mode else { return waiting.append(waiter) }
            let place = waiting.firstIndex { if case .alone(let other) = $0.mode { other > weight } else { false } }
            waiting.insert(waiter, at: place ?? waiting.endIndex)
        }

        /// Admits all waiting jobs that may enter now, in order.
        mutating func admit() -> [Waiter] {
            var admitted: [Waiter] = []
            while let first = waiting.first, enter(first.mode) { admitted.append(waiting.removeFirst()) }
            return admitted
        }
    }

    private let state = Mutex(State())

    /// How many jobs wait.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Waits for admission.
    ///
    /// - Throws: `CancellationError` if the task is cancelled meanwhile.
    func enter(_ mode: Mode) async throws -> Pass {
        let id = UniqueID()
        let generation = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (entry: CheckedContinuation<Int, any Error>) in
                let decided = state.withLock { state -> Result<Int, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.waiting.isEmpty, state.enter(mode) { return .success(state.generation) }
                    state.add(Waiter(id: id, mode: mode, entry: entry))
                    return nil
                }
                if let decided { entry.resume(with: decided) }
            }
        } onCancel: {
            giveUp(id)
        }
        return Pass(gate: self, mode: mode, generation: generation)
    }

    /// Whether no lighter job waits.
    func isNext(weighing weight: Int) -> Bool {
        state.withLock { state in
            guard case .alone(let lightest) = state.waiting.first?.mode else { return state.waiting.isEmpty }
            return weight <= lightest
        }
    }

    /// Enters alone if no job is inside or waiting; `nil` otherwise.
    func enterIfEmpty() -> Pass? {
        let generation = state.withLock { state -> Int? in
            state.waiting.isEmpty && state.enter(.alone(weight: 0)) ? state.generation : nil
        }
        return generation.map { Pass(gate: self, mode: .alone(weight: 0), generation: $0) }
    }

    /// Releases all places after the engine has ended, so that a job that has not noticed yet delays no other.
    func forgetAllInside() {
        let (admitted, generation) = state.withLock { state in
            state.generation += 1
            state.sharing = 0
            state.isTakenAlone = false
            return (state.admit(), state.generation)
        }
        admitted.forEach { $0.entry.resume(returning: generation) }
    }

    private func giveUp(_ id: UniqueID) {
        let (gone, admitted, generation) = state.withLock { state -> (Waiter?, [Waiter], Int) in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return (nil, [], 0) }
            let gone = state.waiting.remove(at: index)
            return (gone, state.admit(), state.generation)
        }
        gone?.entry.resume(throwing: CancellationError())
        admitted.forEach { $0.entry.resume(returning: generation) }
    }

    private func leave(_ mode: Mode, generation: Int) {
        let admitted = state.withLock { state -> [Waiter] in
            guard generation == state.generation else { return [] }
            switch mode {
            case .shared: state.sharing -= 1
            case .alone: state.isTakenAlone = false
            }
            return state.admit()
        }
        admitted.forEach { $0.entry.resume(returning: generation) }
    }
}
