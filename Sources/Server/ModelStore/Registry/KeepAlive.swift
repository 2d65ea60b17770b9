import Essentials

/// How long a model that nobody uses stays loaded, as models.yaml and flags write it: `30s`, `15m`, `2h`, `0`, `never`.
public struct KeepAlive: Sendable, Equatable {
    /// The time without a request after which the model is unloaded; `nil` for never.
    public let duration: Duration?

    /// Names a time.
    public init(_ duration: Duration?) {
        self.duration = duration
    }

    /// Reads a time; a bare number is seconds, `0` unloads a model as soon as its last request has ended.
    ///
    /// - Returns: `nil` if the text is none of these.
    public init?(_ text: String) {
        if text == "never" {
            self.init(nil as Duration?)
        } else if let duration = HumanFormat.duration(text) {
            self.init(duration)
        } else {
            return nil
        }
    }

    /// What holds when nobody says anything: long enough for the pauses of a working day's dictation.
    public static let standard = Self(.seconds(15 * 60))

    /// What may be written, for messages.
    public static let wanted = "a time such as 30s, 15m or 2h, 0, or never"
}
