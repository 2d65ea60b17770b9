import Dictation
import Dispatch
import Essentials
import Synchronization

final class SignalListener: Sendable {
    // Safe: a dispatch source may be cancelled from any thread (dispatch/source.h), and nothing else is done with it.
    private struct Cancellable: @unchecked Sendable { let source: any DispatchSourceSignal }

    private let sources: [Cancellable]

    /// Starts listening; the handler is called on any thread with the signal's number. `unlessIgnored` leaves out the
    /// signals that were already ignored when the process started.
    init(_ numbers: [Int32], unlessIgnored: Bool = false, handler: @escaping @Sendable (Int32) -> Void) {
        sources = numbers.compactMap { number in
            let former = signal(number, SIG_IGN)
            if unlessIgnored, unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { handler(number) }
            source.resume()
            return Cancellable(source: source)
        }
    }

    /// Listens for SIGHUP, which by convention asks a server to reload its configuration, but which a terminal also
    /// sends to its programs when it is closed. If the server's terminal is gone, the server is stopped instead, as by
    /// SIGTERM.
    static func hangUp(_ reload: @escaping @Sendable () -> Void) -> SignalListener {
        let hadTerminal = ControllingTerminal.exists
        return SignalListener([SIGHUP]) { _ in
            if hadTerminal, !ControllingTerminal.exists { kill(getpid(), SIGTERM) } else { reload() }
        }
    }

    /// Stops listening; the signals remain ignored.
    func stop() {
        for cancellable in sources { cancellable.source.cancel() }
    }
}

/// Remembers the first signal, which asks to finish; on the second, the process ends at once.
final class FirstSignal: Sendable {
    private let received = Atomic(Int32(0))

    var number: Int32 { received.load(ordering: .relaxed) }

    /// Returns whether this signal is the first.
    func receive(_ number: Int32) -> Bool {
        received.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
    }
}
