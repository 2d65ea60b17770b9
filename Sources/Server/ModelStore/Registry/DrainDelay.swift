import Essentials

/// How long a server that was asked to stop still answers requests while balancers are told that it is not ready, as
/// written in models.yaml and flags: `0`, `10`, `10s`, `1m`.
package struct DrainDelay: Sendable, Equatable {
    /// From zero to an hour.
    package let duration: Duration

    /// Parses a time. A bare number is in seconds. `nil` for any other text, and for more than an hour.
    package init?(_ text: String) {
        guard let duration = HumanFormat.duration(text), duration <= Self.longest else { return nil }
        self.duration = duration
    }

    /// More than any balancer takes to notice.
    private static let longest = Duration.seconds(3600)

    package static let wanted = "a time from 0 to 1h, such as 10 or 10s"
}
