import Yams

extension FieldReader {
    /// The whole number at a key.
    public mutating func wholeNumber(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, scalar.style == .plain, let number = node.int, range.contains(number)
        else {
            let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            note("'\(key)' must be \(wanted), not \(node.shown); write \(key): \(range.lowerBound).", at: line)
            return nil
        }
        return number
    }

    /// The number at a key.
    public mutating func decimal(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let (node, line) = value(key) else { return nil }
        guard case .scalar(let scalar) = node, scalar.style == .plain, let number = node.float, range.contains(number)
        else {
            let wanted = "a number from \(range.lowerBound) to \(range.upperBound)"
            note("'\(key)' must be \(wanted), not \(node.shown); write \(key): \(range.upperBound).", at: line)
            return nil
        }
        return number
    }
}
