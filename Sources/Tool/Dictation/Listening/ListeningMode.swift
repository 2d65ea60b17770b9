/// When the sound of a microphone becomes a recording that is sent.
public enum ListeningMode: Sendable, Equatable {
    /// All of it, once somebody says stop.
    case untilStopped
    /// Each utterance, once a pause is long enough; one that lasts longer than `longest` in pieces.
    case utterances(silence: Duration, longest: Duration)
    /// A piece at least this often, cut where it is quietest.
    case intervals(Duration)

    /// The pause that ends an utterance by default, as in the Python tool.
    public static let usualSilence = Duration.milliseconds(1500)
    /// How long an utterance may last by default before its first piece is sent.
    public static let longestUtterance = Duration.seconds(60)
}
