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

    /// The value at a key in a notation of its own, whatever type YAML gives it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - wanted: The allowed values, for the note on an invalid one.
    ///   - example: The value that the note suggests.
    ///   - read: Makes the value from the text; `nil` if it cannot.
    /// - Returns: `nil` if there is no value, or an invalid one.
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
