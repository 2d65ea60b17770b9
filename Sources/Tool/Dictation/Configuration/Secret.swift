/// A text that cannot get into a message or a log by accident.
public struct Secret: Sendable, Equatable {
    /// The text itself, for the code that sends it.
    let value: String

    /// Wraps a text.
    public init(_ value: String) {
        self.value = value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its first and last characters, if it is long enough for the rest to stay secret.
    public var description: String {
        value.count < 12 ? "…" : "\(value.prefix(3))…\(value.suffix(2))"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
