/// Reads one mapping of a YAML file key by key. A mistake is noted with its line and what to write instead.
package struct FieldReader {
    /// The mistakes found so far, in the order of reading.
    package private(set) var mistakes: [Mistake] = []
    /// The line of the mapping, for notes on missing keys.
    package let line: Int
    /// The name of the mapping for messages, such as `files`; empty for the file or an entry as a whole.
    private let place: String
    private let pairs: [(key: YAMLNode, value: YAMLNode)]

    package struct Mistake: Sendable, Equatable {
        package let line: Int
        package let severity: Severity
        /// What is wrong and what to write instead.
        package let message: String
    }

    package enum Severity: Sendable, Equatable {
        /// The unknown part is ignored.
        case warning
        /// The part with the mistake cannot be used.
        case error
    }

    package init(_ mapping: YAMLNode.Mapping, place: String = "", line: Int? = nil) {
        self.place = place
        self.line = line ?? mapping.line
        pairs = mapping.pairs
    }

    /// Notes a mistake; without a line, it concerns the mapping as a whole.
    package mutating func note(_ message: String, at line: Int? = nil, _ severity: Severity = .error) {
        mistakes.append(Mistake(line: line ?? self.line, severity: severity, message: message))
    }

    /// Reads the mapping at a key; its mistakes are noted here. `nil` as for `mapping`.
    mutating func inside<Value>(
        _ key: String, orElse advice: String? = nil, _ read: (inout FieldReader) -> Value?
    ) -> Value? {
        guard var inner = mapping(key, orElse: advice) else { return nil }
        defer { mistakes += inner.mistakes }
        return read(&inner)
    }

    /// Reads each mapping of the list at a key; their mistakes are noted here. An item that is no mapping is a mistake, and
    /// so is an empty list.
    mutating func insideEach<Value>(
        _ key: String, orElse advice: String, _ read: (inout FieldReader) -> Value?
    ) -> [Value] {
        guard let (node, line) = value(key, orElse: advice) else { return [] }
        guard case .sequence(let nodes, _) = node, !nodes.isEmpty else {
            note("'\(key)' must be a list, not \(node.shown); \(advice).", at: line)
            return []
        }
        return nodes.compactMap { node in
            guard case .mapping(let mapping) = node else {
                note("'\(key)' must have mappings only, not \(node.shown); \(advice).", at: node.line)
                return nil
            }
            var inner = FieldReader(mapping, place: key)
            defer { mistakes += inner.mistakes }
            return read(&inner)
        }
    }

    mutating func takeMistakes() -> [Mistake] {
        defer { mistakes = [] }
        return mistakes
    }

    /// The keys with their lines, in file order. Keys that are not text, or read as a truth value, are noted.
    package mutating func names() -> [(name: String, line: Int)] {
        pairs.compactMap { key, _ in
            let line = key.line
            guard case .scalar(let scalar) = key else {
                note("A key\(inPlace) is a list or a mapping; write a plain name.", at: line)
                return nil
            }
            if let meaning = scalar.boolean() {
                let text = scalar.string
                note("'\(text)' without quotes means \(meaning); write \"\(text)\":.", at: line)
                return nil
            }
            return (scalar.string, line)
        }
    }

    package mutating func warn(ofKeysBut known: [String]) {
        for (name, line) in names() where !known.contains(name) {
            note("Unknown key '\(name)'\(inPlace) is ignored; known: \(known.listed).", at: line, .warning)
        }
    }

    /// The text at a key; `nil` if it is missing, null or not text. If `advice` is given, a missing text is a mistake.
    package mutating func text(_ key: String, orElse advice: String? = nil) -> String? {
        guard let (node, line) = value(key, orElse: advice) else { return nil }
        guard case .scalar(let scalar) = node else {
            note("'\(key)' must be text, not a \(node.kind); write \(key): \"…\".", at: line)
            return nil
        }
        if let meaning = scalar.boolean() {
            let text = scalar.string
            note("'\(text)' without quotes means \(meaning); write \(key): \"\(text)\".", at: line)
            return nil
        }
        return scalar.string
    }

    /// Like `text`, but an empty text is a mistake too.
    package mutating func nonemptyText(_ key: String, orElse advice: String? = nil) -> String? {
        guard let text = text(key, orElse: advice) else { return nil }
        guard !text.isEmpty else {
            note("'\(key)' is empty; write a value or leave the line out.", at: lineOf(key))
            return nil
        }
        return text
    }

    /// The texts of the list at a key; `nil` if it is missing or null. An item that is no text is a mistake.
    mutating func texts(_ key: String) -> [String]? {
        guard let (node, line) = value(key) else { return nil }
        guard case .sequence(let nodes, _) = node else {
            note("'\(key)' must be a list, not \(node.shown); write \(key): [a, b].", at: line)
            return nil
        }
        return nodes.compactMap { node in
            if let scalar = node.scalar, scalar.boolean() == nil, !scalar.isNull { return scalar.string }
            note("'\(key)' must have texts only, not \(node.shown); write it in quotes.", at: node.line)
            return nil
        }
    }

    /// The text at a key as another value. If `read` makes none of it, `mistake` is noted. An empty text is a mistake too,
    /// unless the value `isOptional`.
    mutating func parsed<Value>(
        _ key: String, orElse advice: String? = nil, isOptional: Bool = false, _ read: (String) -> Value?,
        mistake: (String) -> String
    ) -> Value? {
        let text = isOptional ? self.text(key) : nonemptyText(key, orElse: advice)
        guard let text, !text.isEmpty else { return nil }
        let value = read(text)
        if value == nil { note(mistake(text), at: lineOf(key)) }
        return value
    }

    /// The truth value at a key, in any spelling of YAML 1.1; in quotes only if `isTakenFromText`.
    package mutating func boolean(_ key: String, fromText isTakenFromText: Bool = false) -> Bool? {
        value(key, wanted: "true or false", example: "true") { $0.boolean(fromText: isTakenFromText) }
    }

    package mutating func positiveInteger(_ key: String, example: Int) -> Int? {
        value(key, wanted: "a whole number above 0", example: "\(example)") {
            $0.wholeNumber.flatMap { $0 > 0 ? $0 : nil }
        }
    }

    package mutating func wholeNumber(_ key: String, in range: ClosedRange<Int>) -> Int? {
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return value(key, wanted: wanted, example: "\(range.lowerBound)") { scalar in
            scalar.wholeNumber.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    package mutating func decimal(_ key: String, in range: ClosedRange<Double>) -> Double? {
        let wanted = "a number from \(range.lowerBound) to \(range.upperBound)"
        return value(key, wanted: wanted, example: "\(range.upperBound)") { scalar in
            scalar.number.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The value at a key in a notation of its own, whatever type YAML gives it; `nil` if there is none, or an invalid one.
    ///
    /// `read` makes the value from the text. If it returns `nil`, the note says what is `wanted`, and suggests an `example`.
    package mutating func notation<Value>(
        _ key: String, wanted: String, example: String, _ read: (String) -> Value?
    ) -> Value? {
        value(key, wanted: wanted, example: example) { read($0.string) }
    }

    private mutating func value<Value>(
        _ key: String, wanted: String, example: String, _ read: (YAMLNode.Scalar) -> Value?
    ) -> Value? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, let value = read(scalar) else {
            note("'\(key)' must be \(wanted), not \(node.shown); write \(key): \(example).", at: line)
            return nil
        }
        return value
    }

    /// A reader for the mapping at a key; `nil` if it is missing, null or not a mapping.
    ///
    /// If `advice` is given, a missing mapping is a mistake. Messages name it by its key, unless `place` is given.
    package mutating func mapping(_ key: String, place: String? = nil, orElse advice: String? = nil) -> FieldReader? {
        guard let (node, line) = value(key, orElse: advice) else { return nil }
        guard case .mapping(let mapping) = node else {
            note("'\(key)' must be a mapping of names to values, not \(node.shown).", at: line)
            return nil
        }
        return FieldReader(mapping, place: place ?? key, line: line)
    }

    /// Whether there is a key of this name, even without a value.
    func has(_ key: String) -> Bool { pairs.contains { $0.key.scalar?.string == key } }

    /// A reader for the mapping at a key, without notes on mistakes; `nil` if it is missing or not a mapping.
    func peek(_ key: String) -> FieldReader? {
        let pair = pairs.first { $0.key.scalar?.string == key }
        guard case .mapping(let mapping) = pair?.value else { return nil }
        return FieldReader(mapping)
    }

    /// The text at a key, without notes on mistakes; `nil` if it is missing or not text.
    func scalarText(_ key: String) -> String? { pairs.first { $0.key.scalar?.string == key }?.value.scalar?.string }

    /// The line of a key; if it is missing, that of the mapping.
    package func lineOf(_ key: String) -> Int {
        pairs.first { $0.key.scalar?.string == key }?.key.line ?? line
    }

    private var inPlace: String { place.isEmpty ? "" : " in '\(place)'" }

    /// The value at a key, and the key's line; `nil` if it is missing or null.
    private mutating func value(_ key: String, orElse advice: String? = nil) -> (YAMLNode, line: Int)? {
        let pair = pairs.first { $0.key.scalar?.string == key }
        guard let pair, pair.value.scalar?.isNull != true else {
            if let advice { note("'\(key)' is missing or empty; \(advice).", at: lineOf(key)) }
            return nil
        }
        return (pair.value, pair.key.line)
    }
}
