/// A language, identified by the model's code: usually two letters (ISO 639-1), sometimes three (`yue`).
public struct Language: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The code in lower case, without a region.
    public let code: String

    /// Parses a code from a client: `EN`, `en-US` and `en_us` are all `en`.
    ///
    /// - Returns: `nil` for an empty text or `auto`, which mean "no particular language".
    /// - Throws: `MalformedLanguage` if the text is not two to eight ASCII letters with an optional region.
    public init?(parsing text: String) throws(MalformedLanguage) {
        let parts = text.trimmingSpaces().split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        guard let first = parts.first, !first.isEmpty else {
            guard parts.count > 1 else { return nil }
            throw MalformedLanguage(text: text)
        }
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { byte in Character(Unicode.Scalar(byte)).isLetterOrDigit }
        }
        let primary = first.lowercased()
        guard isPlain, (2...8).contains(primary.count), primary.allSatisfy(\.isLetter) else {
            throw MalformedLanguage(text: text)
        }
        guard primary != "auto" else { return nil }
        code = primary
    }

    /// Wraps a code that is well formed, such as one from a model's own list.
    public init(code: String) {
        self.code = code
    }

    /// Decodes a plain string.
    public init(from decoder: any Decoder) throws {
        code = try decoder.singleValueContainer().decode(String.self)
    }

    /// Encodes a plain string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }

    /// The code.
    public var description: String { code }
}

/// The text is not a language code.
public struct MalformedLanguage: Error, Equatable {
    /// The text.
    public let text: String
}

extension Character {
    /// Whether this is one of `a…z`, `A…Z`, `0…9`.
    fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}

extension String {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
