/// How the sound of a microphone is divided into recordings.
public enum ListeningMode: Sendable, Equatable {
    /// One recording of everything until listening is stopped.
    case untilStopped
    /// One recording for each utterance; a pause of length `silence` ends it. An utterance longer than `longest` is
    /// split.
    case utterances(silence: Duration, longest: Duration)
    /// A recording at least this often, cut where the sound is quietest.
    case intervals(Duration)

    /// The default pause that ends an utterance, as in the Python tool.
    public static let usualSilence = Duration.milliseconds(1500)
    /// The default maximum length of an utterance before its first piece is sent.
    public static let longestUtterance = Duration.seconds(60)
}
