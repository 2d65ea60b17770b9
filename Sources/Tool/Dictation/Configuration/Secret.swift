/// A text that gets into no message and no log by accident.
public struct Secret: Sendable, Equatable {
    /// The text itself, for the one place that sends it.
    let value: String

    /// Wraps a text.
    public init(_ value: String) {
        self.value = value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its ends, where it is long enough for the rest to stay a secret.
    public var description: String {
        value.count < 12 ? "…" : "\(value.prefix(3))…\(value.suffix(2))"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Shows nothing inside.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
