import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM: the first asks the server to finish, the second ends the process at once.
final class StopSignals: Sendable {
    // Sound: a dispatch source may be cancelled from any thread (dispatch/source.h); nothing else is done with it.
    private struct Cancellable: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    private let received = Atomic(0)
    private let sources = Mutex<[Cancellable]>([])

    /// Begins to listen for the signals.
    ///
    /// - Parameters:
    ///   - first: Called once, for the first signal.
    ///   - second: Called before the process ends on the second.
    init(first: @escaping @Sendable () async -> Void, second: @escaping @Sendable () -> Void) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in
                if received.add(1, ordering: .relaxed).newValue == 1 {
                    Task { await first() }
                } else {
                    second()
                    _exit(128 + number)
                }
            }
            source.resume()
            let cancellable = Cancellable(source: source)
            sources.withLock { $0.append(cancellable) }
        }
    }

    /// How many signals have come.
    var count: Int { received.load(ordering: .relaxed) }

    /// Stops listening.
    func stop() {
        sources.withLock { sources in
            for cancellable in sources { cancellable.source.cancel() }
            sources = []
        }
    }
}
