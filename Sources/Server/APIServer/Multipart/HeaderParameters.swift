/// A header's value with parameters: `form-data; name="file"; filename=a.wav`.
struct HeaderParameters {
    /// The part before the first semicolon, in lower case.
    let value: String
    private let parameters: [(name: String, value: [UInt8])]

    /// Throws a `MultipartError` with the code `malformed` for a parameter without `=` or an unclosed quote.
    init(parsing text: some Collection<UInt8>) throws(MultipartError) {
        var scanner = Scanner(rest: Array(text)[...])
        value = scanner.upTo(";").asText.lowercased()
        var parameters: [(name: String, value: [UInt8])] = []
        while scanner.skip(";") {
            let name = scanner.upTo("=", orBefore: ";").asText.lowercased()
            if name.isEmpty, scanner.rest.isEmpty || scanner.rest.first == UInt8(ascii: ";") { continue }
            guard scanner.skip("=") else {
                throw MultipartError(.malformed, "'\(name)' has no '=' in the header value '\(text.asText)'.")
            }
            guard let value = scanner.parameterValue() else {
                throw MultipartError(.malformed, "A quote is not closed in the header value '\(text.asText)'.")
            }
            parameters.append((name, value))
        }
        self.parameters = parameters
    }

    /// The bytes of the first parameter of this name, as they were sent, without quotes.
    func bytes(_ name: String) -> [UInt8]? { parameters.first { $0.name == name }?.value }

    /// The text of a form parameter: `name*` (RFC 5987) before `name`, with the browsers' escapes decoded.
    ///
    /// Browsers write a quote, CR and LF as `%22`, `%0D` and `%0A` and leave every other percent sign alone (WHATWG
    /// HTML, multipart/form-data encoding algorithm). Bytes that are not UTF-8 become U+FFFD.
    func text(_ name: String) -> String? {
        if let extended = bytes(name + "*"), let text = Self.decodeExtended(extended) { return text }
        return bytes(name)?.decodingPercents { [0x22, 0x0D, 0x0A].contains($0) }.asText
    }

    /// Decodes RFC 5987's `charset'language'percent-encoded`; `nil` for another form, or not UTF-8 or ISO-8859-1.
    private static func decodeExtended(_ value: [UInt8]) -> String? {
        let fields = value.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return nil }
        let decoded = fields[2].decodingPercents()
        switch fields[0].asText.lowercased() {
        case "utf-8": return decoded.asText
        case "iso-8859-1": return String(String.UnicodeScalarView(decoded.map { Unicode.Scalar($0) }))
        default: return nil
        }
    }
}

private struct Scanner {
    var rest: ArraySlice<UInt8>

    /// Takes the bytes before a byte, with surrounding blanks removed.
    mutating func upTo(_ end: Unicode.Scalar, orBefore other: Unicode.Scalar? = nil) -> ArraySlice<UInt8> {
        let stops = [end, other ?? end].map { UInt8(ascii: $0) }
        let taken = rest.prefix { !stops.contains($0) }
        rest = rest.dropFirst(taken.count)
        return taken.trimmingBlanks()
    }

    /// Takes one byte if it is the next.
    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: byte) else { return false }
        rest.removeFirst()
        return true
    }

    /// Takes a quoted string or a bare token; `nil` if a quote is not closed.
    mutating func parameterValue() -> [UInt8]? {
        rest = rest.drop { $0.isBlank }
        guard skip("\"") else { return Array(upTo(";")) }
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                _ = upTo(";")
                return value
            // Browsers send file names with bare backslashes, so only the two necessary escapes are decoded.
            case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "\\"):
                value.append(rest.removeFirst())
            default: value.append(byte)
            }
        }
        return nil
    }
}

extension UInt8 {
    /// Space or tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension Collection<UInt8> {
    /// The bytes as UTF-8; invalid bytes become U+FFFD.
    var asText: String { String(decoding: self, as: UTF8.self) }

    /// The bytes with each `%XX` decoded whose byte is wanted.
    func decodingPercents(where isWanted: (UInt8) -> Bool = { _ in true }) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = self[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2, isWanted(UInt8(digits[0] * 16 + digits[1])) {
                decoded.append(UInt8(digits[0] * 16 + digits[1]))
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }
}

extension BidirectionalCollection<UInt8> where SubSequence == Self {
    /// The bytes without spaces and tabs at either end.
    func trimmingBlanks() -> Self {
        var rest = drop { $0.isBlank }
        while rest.last?.isBlank == true { rest.removeLast() }
        return rest
    }
}
