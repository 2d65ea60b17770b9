extension String {
    /// The text as it is written in YAML: plain if no reader of YAML takes it for something else, or else in double
    /// quotes.
    package var yamlScalar: String { isPlainYAML ? self : "\"\(unicodeScalars.map(Self.escaped).joined())\"" }

    private var isPlainYAML: Bool {
        let scalar = YAMLNode.Scalar(string: self, isPlain: true, line: 1)
        let isWord = utf8.allSatisfy { Self.plain.contains($0) } && last != ":"
        let isValue = scalar.isNull || scalar.boolean() != nil || scalar.wholeNumber != nil || scalar.number != nil
        return isWord && !isValue && first.map { $0.isLetter || $0.isNumber } ?? false
    }

    /// Without spaces: `: ` and ` #` have a meaning inside a text.
    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:+%".utf8)

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\\", "\"": return "\\\(scalar)"
        case _ where scalar.properties.generalCategory == .control:
            let digits = String(scalar.value, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        default: return String(scalar)
        }
    }
}
