import Dispatch
import Essentials
import Synchronization

/// Handles signals that would otherwise end the process.
final class SignalListener: Sendable {
    // Safe: a dispatch source may be cancelled from any thread (dispatch/source.h), and nothing else is done with it.
    private struct Cancellable: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    private let sources: Mutex<[Cancellable]>

    /// Starts listening; the handler is called on any thread with the signal's number.
    convenience init(_ numbers: Int32..., handler: @escaping @Sendable (Int32) -> Void) {
        self.init(numbers, unlessIgnored: false, handler: handler)
    }

    /// Starts listening; `unlessIgnored` leaves out the signals that were already ignored when the process started.
    init(_ numbers: [Int32], unlessIgnored: Bool, handler: @escaping @Sendable (Int32) -> Void) {
        let sources: [Cancellable] = numbers.compactMap { number in
            let former = signal(number, SIG_IGN)
            if unlessIgnored, unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { handler(number) }
            source.resume()
            return Cancellable(source: source)
        }
        self.sources = Mutex(sources)
    }

    /// Stops listening; the signals remain ignored.
    func stop() {
        let stopped = sources.withLock { exchange(&$0, with: []) }
        for cancellable in stopped { cancellable.source.cancel() }
    }
}
