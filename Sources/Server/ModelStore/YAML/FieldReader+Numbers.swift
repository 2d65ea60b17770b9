extension FieldReader {
    /// The whole number at a key.
    public mutating func wholeNumber(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, let number = scalar.wholeNumber, range.contains(number)
        else {
            let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            note("'\(key)' must be \(wanted), not \(node.shown); write \(key): \(range.lowerBound).", at: line)
            return nil
        }
        return number
    }

    /// The value at a key in a notation of its own, however YAML takes what is written.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - wanted: What may be written, for the note on what may not.
    ///   - example: What the note advises to write.
    ///   - read: Makes the value of the text; `nil` if it cannot.
    /// - Returns: `nil` if nothing is there, or nothing that can be read.
    public mutating func notation<Value>(
        _ key: String, wanted: String, example: String, _ read: (String) -> Value?
    ) -> Value? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, let value = read(scalar.string) else {
            note("'\(key)' must be \(wanted), not \(node.shown); write \(key): \(example).", at: line)
            return nil
        }
        return value
    }

    /// The number at a key.
    public mutating func decimal(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, let number = scalar.number, range.contains(number)
        else {
            let wanted = "a number from \(range.lowerBound) to \(range.upperBound)"
            note("'\(key)' must be \(wanted), not \(node.shown); write \(key): \(range.upperBound).", at: line)
            return nil
        }
        return number
    }
}
