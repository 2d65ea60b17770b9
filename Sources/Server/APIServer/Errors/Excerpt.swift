extension StringProtocol {
    /// The beginning of what a client sent, for an error message: at most 100 scalars. A single character may have
    /// millions of them.
    var excerpt: String { String(String.UnicodeScalarView(unicodeScalars.prefix(100))) }
}
