/// The limits of live sessions; the defaults are those of the command line.
package struct RealtimeLimits: Sendable {
    /// The most sessions at the same time.
    package var sessions = 32
    /// How long a session may go without audio.
    package var idleTime = Duration.seconds(600)
    /// How long a session may last: OpenAI's limit.
    package var longest = Duration.seconds(3600)
    /// How long the last turns may take when the server stops.
    package var farewell = Duration.seconds(20)

    package init() {}
}
