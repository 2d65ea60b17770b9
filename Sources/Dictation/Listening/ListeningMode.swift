/// When the sound of a microphone becomes a recording that is sent.
public enum ListeningMode: Sendable, Equatable {
    /// All of it, once somebody says stop.
    case untilStopped
    /// Each utterance, once a pause is long enough; one that lasts longer than `longest` in pieces.
    case utterances(silence: Duration, longest: Duration)
    /// A piece at least this often, cut where it is quietest.
    case intervals(Duration)

    /// How long an utterance may last by default before its first piece is sent.
    public static let longestUtterance = Duration.seconds(60)
}
