import Synchronization

/// Lets the user stop or cancel a running session.
///
/// The first Ctrl-C stops listening, and the session finishes what was said. The second cancels the session, and so
/// does the first if listening has already ended.
public final class DictationControl: Sendable {
    private enum State {
        case listening
        case finishing
        case cancelled
    }

    private let state = Mutex(State.listening)
    private let cancellations: AsyncStream<Void>
    private let cancellation: AsyncStream<Void>.Continuation

    /// Creates a control for one session.
    ///
    /// - Parameter listens: Whether the session starts by listening.
    public init(listens: Bool = true) {
        // The stream is only ever finished, so the buffer never holds an element.
        (cancellations, cancellation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        if !listens { state.withLock { $0 = .finishing } }
    }

    /// Whether to go on listening.
    public var isListening: Bool { state.withLock { $0 == .listening } }

    /// Stops listening; later calls have no effect.
    public func stop() {
        state.withLock { if $0 == .listening { $0 = .finishing } }
    }

    /// Handles Ctrl-C.
    public func interrupt() {
        let isCancelled = state.withLock { state in
            state = state == .listening ? .finishing : .cancelled
            return state == .cancelled
        }
        if isCancelled { cancellation.finish() }
    }

    /// Cancels the session.
    public func cancel() {
        state.withLock { $0 = .cancelled }
        cancellation.finish()
    }

    /// Does a session's work; returns early if it is cancelled.
    ///
    /// - Returns: `nil` if it was cancelled.
    /// - Throws: What the work throws.
    public func cancellable<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R? {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await work() }
            group.addTask { [cancellations] in
                for await _ in cancellations {}
                // Reached, too, when the work is done and this task is cancelled.
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
