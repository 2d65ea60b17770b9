/// A fault in a multipart body, described for the client that sent it.
struct MultipartError: Error, Equatable, CustomStringConvertible {
    /// The kinds of fault.
    enum Code {
        /// The request's Content-Type is not multipart/form-data.
        case notMultipart
        /// The Content-Type has no boundary, or an invalid one.
        case invalidBoundary
        /// The body ends before its closing boundary.
        case truncated
        /// A line of the body is malformed.
        case malformed
        /// A part does not name its field.
        case unnamedPart
        /// A part is sent in base64 or another transfer encoding.
        case unsupportedEncoding
        /// Too many parts, or too many bytes besides their data.
        case tooLarge
    }

    /// The kind of fault.
    let code: Code
    /// A sentence for people: what is wrong, where, and what to send instead.
    let message: String

    /// Describes a fault.
    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { message }
}

extension MultipartError {
    static let wrongLineEnd = MultipartError(
        .malformed, "A boundary or header line holds a bare LF or a bare CR; every line ends in CR LF.")

    static let unfinishedBoundaryLine = MultipartError(
        .malformed, "A boundary is followed by more than CR LF, or two hyphens at the end of the form, on its line.")

    static func missingBoundary(_ line: String) -> MultipartError {
        MultipartError(.truncated, "The body has no line '\(line)', the boundary its Content-Type announces.")
    }
}
