#if canImport(Darwin)
    import Foundation
#else
    @_spi(_Unicode) import Swift
#endif

extension Unicode.Scalar {
    /// Whether it is white space, or the space of no width.
    var isWhiteSpaceOfText: Bool { properties.isWhitespace || self == "\u{200B}" }
}

extension String {
    /// Without the scalars at both ends that are such.
    func trimmed(_ isEdge: (Unicode.Scalar) -> Bool) -> String {
        guard let first = unicodeScalars.firstIndex(where: { !isEdge($0) }),
            let last = unicodeScalars.lastIndex(where: { !isEdge($0) })
        else { return "" }
        return String(unicodeScalars[first...last])
    }

    /// In Unicode's normalization form C.
    ///
    /// On Linux, Foundation's would bring ICU along. The standard library compares texts in this form, and has no public
    /// name for it yet.
    var composed: String {
        #if canImport(Darwin)
            precomposedStringWithCanonicalMapping
        #else
            var scalars = UnicodeScalarView()
            scalars.append(contentsOf: _nfc)
            return String(scalars)
        #endif
    }
}
