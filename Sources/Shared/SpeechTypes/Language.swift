/// A language, identified by the model's code: usually two letters (ISO 639-1), sometimes three (`yue`).
package struct Language: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The code in lower case, without a region.
    package let code: String

    /// Parses a code from a client: `EN`, `en-US` and `en_us` are all `en`.
    ///
    /// - Returns: `nil` for an empty text or `auto`, which mean "no particular language".
    /// - Throws: `MalformedLanguage` if the text is not two to eight ASCII letters with an optional region.
    package init?(parsing text: String) throws(MalformedLanguage) {
        let parts = text.trimmingSpaces().split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        guard let first = parts.first, !first.isEmpty else {
            guard parts.count > 1 else { return nil }
            throw MalformedLanguage(text: text)
        }
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
        let primary = first.lowercased()
        guard isPlain, (2...8).contains(primary.count), primary.allSatisfy(\.isLetter) else {
            throw MalformedLanguage(text: text)
        }
        guard primary != "auto" else { return nil }
        code = primary
    }

    /// Wraps a code that is well formed, such as one from a model's own list.
    package init(code: String) {
        self.code = code
    }

    package var description: String { code }
}

package struct MalformedLanguage: Error, Equatable {
    package let text: String
}

extension String {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
