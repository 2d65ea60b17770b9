import Synchronization

/// The client's timeouts and retries. Tests use their own.
struct RetryPolicy: Sendable {
    /// The number of attempts in all.
    var tries = 4
    /// The pause after the first failure; it doubles with each further one.
    var pause: Duration = .milliseconds(500)
    /// A longer `Retry-After` is cut to this.
    var longestRequestedPause: Duration = .seconds(60)
    /// The timeout for connecting.
    var connectTimeout: Duration = .seconds(10)
    /// The read timeout of a server for an empty recording; twice the recording's length is added.
    var patience: Duration = .seconds(60)

    /// How long to wait before a retry; `nil` if a retry would not help.
    ///
    /// - Parameters:
    ///   - error: The error of the last attempt.
    ///   - attempt: The number of attempts so far, from 1.
    /// - Returns: The pause.
    func pause(after error: ClientError, attempt: Int) -> Duration? {
        guard error.mayBeRepeated, attempt < tries else { return nil }
        return error.retryAfter.map { min($0, longestRequestedPause) } ?? pause * (1 << (attempt - 1))
    }

    /// Makes a request. Retries it if that may help and no text has been received yet.
    ///
    /// - Parameters:
    ///   - report: Called with the request's progress, and before each retry.
    ///   - request: The request; it gets the callback for its progress.
    /// - Returns: The result of the request.
    /// - Throws: The error of the last attempt.
    func repeating<R>(
        _ report: @escaping @Sendable (TranscriptionProgress) async throws -> Void,
        _ request: (@escaping @Sendable (TranscriptionProgress) async throws -> Void) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            let hasText = Flag()
            do {
                return try await request { progress in
                    if case .delta = progress { hasText.set() }
                    try await report(progress)
                }
            } catch let error as ClientError {
                guard !hasText.isSet, let pause = pause(after: error, attempt: attempt) else { throw error }
                try await report(.retrying(error, after: pause))
                try await Task.sleep(for: pause)
                attempt += 1
            }
        }
    }
}

/// A flag that can be set once.
final class Flag: Sendable {
    private let value = Atomic(false)

    /// Whether it is set.
    var isSet: Bool { value.load(ordering: .relaxed) }

    /// Sets the flag.
    ///
    /// - Returns: Whether it was not set before.
    @discardableResult
    func set() -> Bool { !value.exchange(true, ordering: .relaxed) }
}
