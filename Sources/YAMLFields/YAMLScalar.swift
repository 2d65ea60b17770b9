import Yams

extension Node.Scalar {
    /// The truth value it stands for in YAML 1.1, where `no` is false; quoted text stands for none.
    var boolean: Bool? { boolean(fromText: false) }

    func boolean(fromText isTakenFromText: Bool) -> Bool? {
        guard style == .plain || isTakenFromText else { return nil }
        return switch string.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    /// The whole number it stands for; quoted text stands for none.
    ///
    /// In the notations of YAML 1.1 but for one: Yams ends the process where a number with the base 60 (`1:30`) is too
    /// large, and nobody counts threads or bytes so.
    var wholeNumber: Int? {
        style == .plain && !string.contains(":") ? Int.construct(from: self) : nil
    }

    /// Whether text was probably meant, but a truth value is written.
    var readsAsBoolean: Bool { boolean != nil }

    /// What YAML takes it for, in words.
    var meaning: String { boolean.map { $0 ? "true" : "false" } ?? "text" }

    /// Whether nothing is written, or one of YAML's words for nothing.
    var isNull: Bool {
        style == .plain && ["", "~", "null", "Null", "NULL"].contains(string)
    }
}

extension Node {
    /// What kind of value it is, in words.
    var kind: String {
        switch self {
        case .scalar: "text"
        case .mapping: "mapping"
        case .sequence: "list"
        case .alias: "alias"
        }
    }

    /// The value as a message quotes it.
    var shown: String {
        guard case .scalar(let scalar) = self else { return "a \(kind)" }
        return scalar.style == .plain ? "'\(scalar.string)'" : "the text \"\(scalar.string)\""
    }
}

extension Sequence<String> {
    /// The names as a message lists them.
    public var listed: String { joined(separator: ", ") }
}
