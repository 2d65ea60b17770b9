extension Unicode.Scalar {
    /// Whether it is white space, or the space of no width.
    public var isWhiteSpaceOfText: Bool { properties.isWhitespace || self == "\u{200B}" }
}

extension String {
    /// Without white space at both ends.
    public var trimmed: String { trimmed(\.isWhiteSpaceOfText) }

    /// Without the scalars at both ends that are such.
    public func trimmed(_ isEdge: (Unicode.Scalar) -> Bool) -> String {
        guard let first = unicodeScalars.firstIndex(where: { !isEdge($0) }),
            let last = unicodeScalars.lastIndex(where: { !isEdge($0) })
        else { return "" }
        return String(unicodeScalars[first...last])
    }

    /// A host as a URL has it, without the brackets around an IPv6 address.
    public var withoutBrackets: String { trimmed { $0 == "[" || $0 == "]" } }
}
