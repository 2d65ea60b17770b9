import Synchronization

/// What the user says to a session in its course: enough, or never mind.
///
/// The first Ctrl-C ends the listening, and what was said is finished. The second, or the first when nobody listens any
/// more, cancels.
public final class DictationControl: Sendable {
    private enum State {
        case listening
        case finishing
        case cancelled
    }

    private let state = Mutex(State.listening)
    private let cancellations: AsyncStream<Void>
    private let cancellation: AsyncStream<Void>.Continuation

    /// A control for one session.
    ///
    /// - Parameter listens: Whether the session begins with listening.
    public init(listens: Bool = true) {
        // One element at most: it is finished, not yielded to.
        (cancellations, cancellation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        if !listens { state.withLock { $0 = .finishing } }
    }

    /// Whether more is to be heard.
    public var isListening: Bool { state.withLock { $0 == .listening } }

    /// Ends the listening; later calls change nothing.
    public func stop() {
        state.withLock { if $0 == .listening { $0 = .finishing } }
    }

    /// Ctrl-C.
    public func interrupt() {
        let isCancelled = state.withLock { state in
            state = state == .listening ? .finishing : .cancelled
            return state == .cancelled
        }
        if isCancelled { cancellation.finish() }
    }

    /// Cancels whatever goes on.
    public func cancel() {
        state.withLock { $0 = .cancelled }
        cancellation.finish()
    }

    /// Does a session's work, and leaves it when it is cancelled.
    ///
    /// - Returns: `nil` if it was cancelled.
    /// - Throws: What the work throws.
    public func cancellable<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R? {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await work() }
            group.addTask { [cancellations] in
                for await _ in cancellations {}
                // Also when the work is done and this task is no longer wanted.
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
