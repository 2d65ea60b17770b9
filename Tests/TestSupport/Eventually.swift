/// Thrown if something that a test waits for does not happen.
public struct NeverHappened: Error, CustomStringConvertible {
    /// The expectation, and the actual state.
    public let description: String

    /// Creates an error with a description of what did not happen.
    public init(_ description: String) {
        self.description = description
    }
}

/// Polls until the probe returns a value.
///
/// Throws `NeverHappened` on timeout. The timeout is generous: it ends a failed test and measures nothing.
public func untilFound<Value: Sendable>(
    _ what: String, within limit: Duration = .seconds(120), isolation: isolated (any Actor)? = #isolation,
    _ probe: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        // Determined before polling: on a busy machine, the deadline may pass before the first poll.
        let isLastLook = ContinuousClock.now >= deadline
        if let value = try await probe() { return value }
        if isLastLook { throw NeverHappened("Waited \(limit) in vain: \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Polls until a condition is true; throws `NeverHappened` on timeout.
public func eventually(
    _ what: String, within limit: Duration = .seconds(120), isolation: isolated (any Actor)? = #isolation,
    _ probe: () async throws -> Bool
) async throws {
    _ = try await untilFound(what, within: limit) { try await probe() ? true : nil }
}
