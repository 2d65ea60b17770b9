import Essentials

/// How long a change of a file waits for other programs. It begins when it is made, and counts for all waits of the change.
package struct EditPatience: Sendable {
    private let end: ContinuousClock.Instant
    private let isCalledOff: @Sendable () -> Bool

    /// Waits up to a limit, or until the change is called off.
    package init(_ limit: Duration = .seconds(30), unless isCalledOff: @escaping @Sendable () -> Bool = { false }) {
        end = .now + limit
        self.isCalledOff = isCalledOff
    }

    /// How much is left; not below zero.
    package var rest: Duration { max(.zero, end - .now) }

    package var isOver: Bool { rest == .zero || isCalledOff() }
}
