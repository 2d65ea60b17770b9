import Essentials

/// How long an unused model stays loaded, as written in models.yaml and flags: `30s`, `15m`, `2h`, `0`, `never`.
public struct KeepAlive: Sendable, Equatable {
    /// The time without a request after which the model is unloaded; `nil` for never.
    public let duration: Duration?

    /// Sets the time.
    public init(_ duration: Duration?) {
        self.duration = duration
    }

    /// Parses a time. A bare number is in seconds; `0` unloads a model as soon as its last request has ended.
    ///
    /// - Returns: `nil` if the text is invalid.
    public init?(_ text: String) {
        if text == "never" {
            self.init(nil as Duration?)
        } else if let duration = HumanFormat.duration(text) {
            self.init(duration)
        } else {
            return nil
        }
    }

    /// The default: long enough for the pauses in a working day's dictation.
    public static let standard = Self(.seconds(15 * 60))

    /// The allowed values, for messages.
    public static let wanted = "a time such as 30s, 15m or 2h, 0, or never"
}
