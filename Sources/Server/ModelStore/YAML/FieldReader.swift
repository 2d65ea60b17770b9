/// One mapping of a YAML file, read key by key. What is wrong with a value is noted with its line and what to write.
public struct FieldReader {
    /// The mistakes found so far, in the order of reading.
    public private(set) var mistakes: [Mistake] = []
    /// The line of the mapping, for what is missing in it.
    public let line: Int
    /// What the mapping is, for messages: `files`, say; empty for the file or an entry as a whole.
    private let place: String
    private let pairs: [(key: YAMLNode, value: YAMLNode)]

    /// A mistake that does not know yet which file and entry it is in.
    public struct Mistake: Sendable, Equatable {
        /// The line it is in, from 1.
        public let line: Int
        /// What it leads to.
        public let severity: Severity
        /// What is wrong and what to write instead.
        public let message: String
    }

    /// What a mistake leads to.
    public enum Severity: Sendable, Equatable {
        /// What was not understood is ignored.
        case warning
        /// What it is in cannot be used.
        case error
    }

    /// Wraps a mapping.
    public init(_ mapping: YAMLNode.Mapping, place: String = "", line: Int? = nil) {
        self.place = place
        self.line = line ?? mapping.line
        pairs = mapping.pairs
    }

    /// Notes what is wrong; by default the mapping as a whole is to blame.
    public mutating func note(
        _ message: String, at line: Int? = nil, _ severity: Severity = .error
    ) {
        mistakes.append(Mistake(line: line ?? self.line, severity: severity, message: message))
    }

    /// Takes over the mistakes of a mapping inside this one.
    public mutating func absorb(_ inner: FieldReader) {
        mistakes += inner.mistakes
    }

    /// Hands over the mistakes found so far, and forgets them.
    public mutating func takeMistakes() -> [Mistake] {
        defer { mistakes = [] }
        return mistakes
    }

    /// The keys with their lines, in file order. A key that is no text, or would be read as another kind, is noted.
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

    /// Notes keys that nobody reads; they do no harm.
    public mutating func warn(ofKeysBut known: [String]) {
        for (name, line) in names() where !known.contains(name) {
            note("Unknown key '\(name)'\(inPlace) is ignored; known: \(known.listed).", at: line, .warning)
        }
    }

    /// The text at a key; `nil` if it is not there, is null, or is no text. With advice what to write, it must be there.
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
    /// - Returns: `nil` if it is not there, or neither true nor false.
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

    /// The mapping at a key, ready to be read; `nil` if it is not there, is null, or is no mapping.
    ///
    /// With advice what to write, it must be there. Messages name it by its key, unless `place` says otherwise.
    public mutating func mapping(_ key: String, place: String? = nil, orElse advice: String? = nil) -> FieldReader? {
        guard let (node, line) = value(key, orElse: advice) else { return nil }
        guard case .mapping(let mapping) = node else {
            note("'\(key)' must be a mapping of names to values, not \(node.shown).", at: line)
            return nil
        }
        return FieldReader(mapping, place: place ?? key, line: line)
    }

    /// The line that a key is on; the mapping's own if the key is not there.
    public func lineOf(_ key: String) -> Int {
        pairs.first { $0.key.scalar?.string == key }?.key.line ?? line
    }

    private var inPlace: String { place.isEmpty ? "" : " in '\(place)'" }

    /// What stands behind a key, and on which line; `nil` if it is not there or null.
    mutating func value(_ key: String, orElse advice: String? = nil) -> (YAMLNode, line: Int)? {
        let pair = pairs.first { $0.key.scalar?.string == key }
        guard let pair, pair.value.scalar?.isNull != true else {
            if let advice { note("'\(key)' is missing or empty; \(advice).", at: lineOf(key)) }
            return nil
        }
        return (pair.value, pair.key.line)
    }
}
