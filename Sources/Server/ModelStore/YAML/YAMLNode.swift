/// A value in a YAML file, and the line it starts on.
package enum YAMLNode: Sendable {
    /// A text, a number, a truth value or null; the reader decides which.
    case scalar(Scalar)
    case mapping(Mapping)
    case sequence([YAMLNode], line: Int)

    package struct Scalar: Sendable {
        let string: String
        /// Whether it is written without quotes, so that it may be a number, a truth value or null.
        let isPlain: Bool
        /// The line it starts on, from 1.
        let line: Int
    }

    package struct Mapping: Sendable {
        /// The pairs; no scalar key occurs twice.
        let pairs: [(key: YAMLNode, value: YAMLNode)]
        /// The line it starts on, from 1.
        let line: Int

        package init(_ pairs: [(key: YAMLNode, value: YAMLNode)] = [], line: Int = 1) {
            self.pairs = pairs
            self.line = line
        }
    }

    /// The line it starts on, from 1; for an alias, that of its target.
    package var line: Int {
        switch self {
        case .scalar(let scalar): scalar.line
        case .mapping(let mapping): mapping.line
        case .sequence(_, let line): line
        }
    }

    var scalar: Scalar? { if case .scalar(let scalar) = self { scalar } else { nil } }
}

/// The error for a text that is not readable YAML.
package struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line of the error, from 1; `nil` if there is none.
    package let line: Int?
    /// What is wrong and what to do, in sentences.
    package let description: String
}

extension YAMLNode.Scalar {
    /// Its truth value in YAML 1.1, where `no` is false; `nil` for quoted text, unless `isTakenFromText`.
    func boolean(fromText isTakenFromText: Bool = false) -> Bool? {
        guard isPlain || isTakenFromText else { return nil }
        return switch string.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    /// Its whole number in the notations of YAML 1.1: `4`, `1_000`, `0x1F`, `0b11`, `0o17`, `017`; `nil` for quoted
    /// text. Numbers of base 60 (`1:30`) are not accepted: nobody writes threads or bytes like that.
    var wholeNumber: Int? {
        guard isPlain else { return nil }
        var digits = string.filter { $0 != "_" }
        if digits == "0" { return 0 }
        let sign = digits.hasPrefix("-") ? "-" : ""
        if digits.hasPrefix("-") || digits.hasPrefix("+") { digits.removeFirst() }
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8), ("0", 8)] where digits.hasPrefix(prefix) {
            return Int(sign + digits.dropFirst(prefix.count), radix: radix)
        }
        return Int(sign + digits)
    }

    /// Its number in the notations of YAML 1.1, base 60 (`1:30`) included; `nil` for quoted text.
    var number: Double? {
        guard isPlain else { return nil }
        let digits = string.filter { $0 != "_" }
        guard digits.contains(":") else { return Double(digits) }
        let isNegative = digits.hasPrefix("-")
        var number = 0.0
        for place in digits.dropFirst(isNegative || digits.hasPrefix("+") ? 1 : 0)
            .split(separator: ":", omittingEmptySubsequences: false)
        {
            guard let place = Double(place) else { return nil }
            number = number * 60 + place
        }
        return isNegative ? -number : number
    }

    /// Whether it is empty, or one of YAML's words for null.
    var isNull: Bool {
        isPlain && ["", "~", "null", "Null", "NULL"].contains(string)
    }
}

extension YAMLNode {
    var kind: String {
        switch self {
        case .scalar: "text"
        case .mapping: "mapping"
        case .sequence: "list"
        }
    }

    /// The value as quoted in messages.
    var shown: String {
        guard case .scalar(let scalar) = self else { return "a \(kind)" }
        return scalar.isPlain ? "'\(scalar.string)'" : "the text \"\(scalar.string)\""
    }
}

extension Sequence<String> {
    package var listed: String { joined(separator: ", ") }
}
