/// Something that a test waited for and that did not come.
public struct NeverHappened: Error, CustomStringConvertible {
    /// What was waited for, and what was there instead.
    public let description: String

    /// Says what did not happen.
    public init(_ description: String) {
        self.description = description
    }
}

/// Looks again and again until something is there: until the probe gives it.
///
/// The limit is generous: it is there to end a test that has failed, not to measure. `NeverHappened` is thrown then.
public func untilFound<Value: Sendable>(
    _ what: String, within limit: Duration = .seconds(120), isolation: isolated (any Actor)? = #isolation,
    _ probe: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        // Before the look: a busy machine may have kept us from it until the time was up.
        let isLastLook = ContinuousClock.now >= deadline
        if let value = try await probe() { return value }
        if isLastLook { throw NeverHappened("Waited \(limit) in vain: \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Looks again and again until something is so; throws `NeverHappened` when the time is up.
public func eventually(
    _ what: String, within limit: Duration = .seconds(120), isolation: isolated (any Actor)? = #isolation,
    _ probe: () async throws -> Bool
) async throws {
    _ = try await untilFound(what, within: limit) { try await probe() ? true : nil }
}
