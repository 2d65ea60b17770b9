import Synchronization

/// How patient the client is, and how often it asks. Tests have their own.
struct RetryPolicy: Sendable {
    /// How often a request is sent in all.
    var tries = 4
    /// The pause after the first failure; it doubles with each.
    var pause: Duration = .milliseconds(500)
    /// The longest pause that a server may ask for.
    var longestRequestedPause: Duration = .seconds(60)
    /// How long connecting may take.
    var connectTimeout: Duration = .seconds(10)
    /// How long a server may think about nothing at all; the recording's own length comes on top, twice.
    var patience: Duration = .seconds(60)

    /// How long to wait before a request is sent again; `nil` if it would not help.
    ///
    /// - Parameters:
    ///   - error: What the last try ended with.
    ///   - attempt: How many tries there were, from 1.
    /// - Returns: The pause.
    func pause(after error: ClientError, attempt: Int) -> Duration? {
        guard error.mayBeRepeated, attempt < tries else { return nil }
        return error.retryAfter.map { min($0, longestRequestedPause) } ?? pause * (1 << (attempt - 1))
    }

    /// Makes a request, and makes it again where that may help and no text has come yet.
    ///
    /// - Parameters:
    ///   - report: Told of each failure that is not the last.
    ///   - request: Given the same to report to.
    /// - Returns: What the request returns.
    /// - Throws: What the last try throws.
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

/// Something that happens once.
final class Flag: Sendable {
    private let value = Atomic(false)

    /// Whether it has happened.
    var isSet: Bool { value.load(ordering: .relaxed) }

    /// It happens.
    ///
    /// - Returns: Whether it happened for the first time.
    @discardableResult
    func set() -> Bool { !value.exchange(true, ordering: .relaxed) }
}
