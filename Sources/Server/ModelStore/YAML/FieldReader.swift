/// Reads one mapping of a YAML file key by key. A mistake is noted with its line and what to write instead.
public struct FieldReader {
    /// The mistakes found so far, in the order of reading.
    public private(set) var mistakes: [Mistake] = []
    /// The line of the mapping, for notes on missing keys.
    public let line: Int
    /// The name of the mapping for messages, such as `files`; empty for the file or an entry as a whole.
    private let place: String
    private let pairs: [(key: YAMLNode, value: YAMLNode)]

    /// A mistake, without the file and entry it is in.
    public struct Mistake: Sendable, Equatable {
        /// The line it is in, from 1.
        public let line: Int
        /// The effect of the mistake.
        public let severity: Severity
        /// What is wrong and what to write instead.
        public let message: String
    }

    /// The effect of a mistake.
    public enum Severity: Sendable, Equatable {
        /// The unknown part is ignored.
        case warning
        /// The part with the mistake cannot be used.
        case error
    }

    /// Reads a mapping.
    public init(_ mapping: YAMLNode.Mapping, place: String = "", line: Int? = nil) {
        self.place = place
        self.line = line ?? mapping.line
        pairs = mapping.pairs
    }

    /// Notes a mistake; without a line, it concerns the mapping as a whole.
    public mutating func note(
        _ message: String, at line: Int? = nil, _ severity: Severity = .error
    ) {
        mistakes.append(Mistake(line: line ?? self.line, severity: severity, message: message))
    }

    /// Adds the mistakes of a mapping inside this one.
    public mutating func absorb(_ inner: FieldReader) {
        mistakes += inner.mistakes
    }

    /// Returns the mistakes found so far, and clears them.
    public mutating func takeMistakes() -> [Mistake] {
        defer { mistakes = [] }
        return mistakes
    }

    /// The keys with their lines, in file order. Keys that are not text, or read as a truth value, are noted.
    public mutating func names() -> [(name: String, line: Int)] {
        pairs.compactMap { key, _ in
            let line = key.line
            guard case .scalar(let scalar) = key else {
                note("A key\(inPlace) is a list or a mapping; write a plain name.", at: line)
                return nil
            }
            if scalar.readsAsBoolean {
                let text = scalar.string
                note("'\(text)' without quotes means \(scalar.meaning); write \"\(text)\":.", at: line)
                return nil
            }
            return (scalar.string, line)
        }
    }

    /// Notes unknown keys as warnings.
    public mutating func warn(ofKeysBut known: [String]) {
        for (name, line) in names() where !known.contains(name) {
            note("Unknown key '\(name)'\(inPlace) is ignored; known: \(known.listed).", at: line, .warning)
        }
    }

    /// The text at a key; `nil` if it is missing, null or not text. If `advice` is given, a missing text is a mistake.
    public mutating func text(_ key: String, orElse advice: String? = nil) -> String? {
        guard let (node, line) = value(key, orElse: advice) else { return nil }
        guard case .scalar(let scalar) = node else {
            note("'\(key)' must be text, not a \(node.kind); write \(key): \"…\".", at: line)
            return nil
        }
        guard !scalar.readsAsBoolean else {
            let text = scalar.string
            note("'\(text)' without quotes means \(scalar.meaning); write \(key): \"\(text)\".", at: line)
            return nil
        }
        return scalar.string
    }

    /// Like `text`, but an empty text is a mistake too.
    public mutating func nonemptyText(_ key: String, orElse advice: String? = nil) -> String? {
        guard let text = text(key, orElse: advice) else { return nil }
        guard !text.isEmpty else {
            note("'\(key)' is empty; write a value or leave the line out.", at: lineOf(key))
            return nil
        }
        return text
    }

    /// The truth value at a key, in any spelling of YAML 1.1.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - isTakenFromText: Whether `"true"` in quotes counts, too.
    /// - Returns: `nil` if it is missing, or neither true nor false.
    public mutating func boolean(_ key: String, fromText isTakenFromText: Bool = false) -> Bool? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, let value = scalar.boolean(fromText: isTakenFromText) else {
            note("'\(key)' must be true or false, not \(node.shown); write \(key): true.", at: line)
            return nil
        }
        return value
    }

    /// The whole number above 0 at a key.
    public mutating func positiveInteger(_ key: String, example: Int) -> Int? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, let value = scalar.wholeNumber, value > 0 else {
            note("'\(key)' must be a whole number above 0, not \(node.shown); write \(key): \(example).", at: line)
            return nil
        }
        return value
    }

    /// A reader for the mapping at a key; `nil` if it is missing, null or not a mapping.
    ///
    /// If `advice` is given, a missing mapping is a mistake. Messages name it by its key, unless `place` is given.
    public mutating func mapping(_ key: String, place: String? = nil, orElse advice: String? = nil) -> FieldReader? {
        guard let (node, line) = value(key, orElse: advice) else { return nil }
        guard case .mapping(let mapping) = node else {
            note("'\(key)' must be a mapping of names to values, not \(node.shown).", at: line)
            return nil
        }
        return FieldReader(mapping, place: place ?? key, line: line)
    }

    /// The line of a key; if it is missing, that of the mapping.
    public func lineOf(_ key: String) -> Int {
        pairs.first { $0.key.scalar?.string == key }?.key.line ?? line
    }

    private var inPlace: String { place.isEmpty ? "" : " in '\(place)'" }

    /// The value at a key, and the key's line; `nil` if it is missing or null.
    mutating func value(_ key: String, orElse advice: String? = nil) -> (YAMLNode, line: Int)? {
        let pair = pairs.first { $0.key.scalar?.string == key }
        guard let pair, pair.value.scalar?.isNull != true else {
            if let advice { note("'\(key)' is missing or empty; \(advice).", at: lineOf(key)) }
            return nil
        }
        return (pair.value, pair.key.line)
    }
}
