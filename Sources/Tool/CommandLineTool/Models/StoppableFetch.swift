import ArgumentParser
import Essentials
import ModelStore
import Synchronization

/// A download that a command waits for and a signal ends.
struct StoppableFetch {
    let store: ModelLibrary

    private final class First: Sendable {
        let signal = Atomic(Int32(0))
    }

    /// Runs work that downloads a model. The first SIGINT, SIGTERM or SIGHUP ends the download, the second ends the
    /// process at once. A signal that was ignored when the process started stays ignored, as nohup(1) requires.
    ///
    /// - Returns: The result of the work.
    /// - Throws: The error of the work. If a signal ended it, prints a line that says so and throws `ExitCode` 128 plus
    ///   the signal's number.
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
