import ArgumentParser
import Essentials
import ModelStore
import Synchronization

/// A fetch that a command waits for, and that a signal ends.
struct StoppableFetch {
    let store: ModelLibrary

    private final class First: Sendable {
        let signal = Atomic(Int32(0))
    }

    /// Does what fetches a model. SIGINT, SIGTERM and SIGHUP end the fetch, the second of them the process at once. One
    /// that is ignored from the start stays so, as nohup(1) wants it.
    ///
    /// - Returns: What the work returns.
    /// - Throws: What the work throws; `ExitCode` 128 and the signal's number if it was ended, after a line that says so.
    func run<R>(_ work: () async throws -> R) async throws -> R {
        let first = First()
        let listener = SignalListener([SIGINT, SIGTERM, SIGHUP], unlessIgnored: true) { [store] number in
            guard first.signal.exchange(number, ordering: .relaxed) == 0 else { _exit(128 + number) }
            Task { await store.shutDown() }
        }
        defer { listener.stop() }
        do {
            return try await work()
        } catch {
            let number = first.signal.load(ordering: .relaxed)
            guard number > 0 else { throw error }
            Failure.report("Stopped before the model was there. Run the same command again to go on.")
            throw ExitCode(128 + number)
        }
    }
}
