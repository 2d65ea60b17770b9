package import ModelFamilies
package import SpeechTypes

/// What a model of the catalogue is searched by.
package struct CatalogueSearch: Sendable {
    /// Each one must match: see `matches(_:)`.
    package var words: [String]
    package var language: Language?
    package var family: ModelFamily?
    /// Whether only models that recognise speech as it arrives are wanted.
    package var isLive: Bool

    package init(
        words: [String] = [], language: Language? = nil, family: ModelFamily? = nil, isLive: Bool = false
    ) {
        self.words = words
        self.language = language
        self.family = family
        self.isLive = isLive
    }

    /// Whether an entry is wanted.
    ///
    /// A word matches a language by its code or English name, the name, type and description by any part of them, and a
    /// capability by its beginning. A word of one or two letters must be a language's code or a whole part of the name,
    /// such as `ru` in `t-one-ru`: `de` is not meant to find every model.
    package func matches(_ entry: CatalogueEntry) -> Bool {
        guard language.map(entry.languages.contains) ?? true, family.map({ $0 == entry.family }) ?? true,
            !isLive || entry.family.isStreaming
        else { return false }
        return words.allSatisfy { Self.matches($0.lowercased(), entry) }
    }

    private static func matches(_ word: String, _ entry: CatalogueEntry) -> Bool {
        if let language = Language(named: word), entry.languages.contains(language) { return true }
        let name = entry.name.lowercased()
        guard word.count > 2 else { return name.split(separator: "-").contains { $0 == word } }
        return [name, entry.family.rawValue, entry.description.lowercased()].contains { $0.contains(word) }
            || entry.capabilities.contains { $0.rawValue.hasPrefix(word) }
    }
}

extension Catalogue {
    package func entries(matching search: CatalogueSearch) -> [CatalogueEntry] {
        entries.filter(search.matches)
    }
}
