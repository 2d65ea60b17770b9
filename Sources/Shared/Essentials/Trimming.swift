extension Unicode.Scalar {
    /// Whether it is white space or the zero-width space.
    package var isWhiteSpaceOfText: Bool { properties.isWhitespace || self == "\u{200B}" }
}

extension String {
    /// The text without white space at both ends.
    package var trimmed: String { trimmed(\.isWhiteSpaceOfText) }

    /// The text without the matching scalars at both ends.
    package func trimmed(_ isEdge: (Unicode.Scalar) -> Bool) -> String {
        guard let first = unicodeScalars.firstIndex(where: { !isEdge($0) }),
            let last = unicodeScalars.lastIndex(where: { !isEdge($0) })
        else { return "" }
        return String(unicodeScalars[first...last])
    }

    /// The host of a URL without the brackets around an IPv6 address.
    package var withoutBrackets: String { trimmed { $0 == "[" || $0 == "]" } }
}
