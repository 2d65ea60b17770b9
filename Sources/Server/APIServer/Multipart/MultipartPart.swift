/// The headers of a part of a form.
struct MultipartPart: Sendable, Equatable {
    /// The field's name; it was given, but may be empty.
    let name: String
    /// The file's name on the client, if the part is a file. Never use it as a path.
    let filename: String?
}

/// Limits for a multipart body besides the data of its parts, whose size its reader limits.
struct MultipartLimits: Sendable {
    /// The most parts of a body.
    var parts = 1000
    /// The most bytes of a boundary line and the headers after it, for each part.
    var headerBytes = 16 * 1024
    /// The most bytes before the first boundary, which are ignored.
    var preambleBytes = 64 * 1024
}

struct MultipartHeaders: Sendable {
    private var lines: [(name: String, value: [UInt8])] = []

    /// Adds a line, without its line end.
    mutating func append(_ line: [UInt8]) throws(MultipartError) {
        if line.first?.isBlank == true, let last = lines.indices.last {  // a long header, folded
            lines[last].value += [UInt8(ascii: " ")] + line[...].trimmingBlanks()
            return
        }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        guard name.count < line.count, !name.isEmpty, !name.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else {
            throw MultipartError(.malformed, "A header line of a part is no 'Name: value': '\(line.asText)'.")
        }
        lines.append((name.asText.lowercased(), Array(line.dropFirst(name.count + 1).trimmingBlanks())))
    }

    /// Parses the lines, after the empty line. Of several headers with the same name, the first counts. Throws if the
    /// part, whose number from 1 is for error messages, does not name its field or is encoded.
    func part(number: Int) throws(MultipartError) -> MultipartPart {
        guard let line = self["content-disposition"] else {
            throw MultipartError(.unnamedPart, "Part \(number) of the form has no Content-Disposition header.")
        }
        let disposition = try HeaderParameters(parsing: line)
        guard disposition.value == "form-data" else {
            throw MultipartError(
                .malformed,
                "The Content-Disposition of part \(number) is '\(disposition.value)'; in a form it is 'form-data'.")
        }
        guard let name = disposition.text("name") else {
            throw MultipartError(.unnamedPart, "The Content-Disposition of part \(number) of the form has no name.")
        }
        if let encoding = self["content-transfer-encoding"]?.asText.lowercased(),
            !["binary", "8bit", "7bit"].contains(encoding)
        {
            throw MultipartError(
                .unsupportedEncoding,
                "The field '\(name)' is sent with Content-Transfer-Encoding '\(encoding)'; send its bytes as they are.")
        }
        return MultipartPart(name: name, filename: disposition.text("filename"))
    }

    private subscript(name: String) -> [UInt8]? {
        lines.first { $0.name == name }?.value
    }
}

/// A fault in a multipart body, described for the client that sent it.
struct MultipartError: Error, Equatable, CustomStringConvertible {
    enum Code {
        /// Faults of the request's Content-Type.
        case notMultipart, invalidBoundary
        /// Faults of the body.
        case truncated, malformed, unnamedPart, unsupportedEncoding, tooLarge
    }

    let code: Code
    /// A sentence for people: what is wrong, where, and what to send instead.
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { message }

    static let wrongLineEnd = MultipartError(
        .malformed, "A boundary or header line holds a bare LF or a bare CR; every line ends in CR LF.")

    static func missingBoundary(_ line: String) -> MultipartError {
        MultipartError(.truncated, "The body has no line '\(line)', the boundary its Content-Type announces.")
    }
}
