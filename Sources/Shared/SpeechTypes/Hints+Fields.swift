extension Hints {
    /// A field of a request that hints come in, by its name there.
    public enum Field: String, Sendable, Hashable, Codable, CaseIterable {
        /// See `Hints.prompt`.
        case prompt
        /// See `Hints.keywords`.
        case keywords
    }

    /// The fields that say anything.
    public var fields: [Field] {
        Field.allCases.filter { !only($0).isEmpty }
    }

    /// The fields that any of some phrases came in.
    public func fields(of phrases: [String]) -> [Field] {
        Field.allCases.filter { !Set(only($0).phrases).isDisjoint(with: phrases) }
    }

    private func only(_ field: Field) -> Hints {
        switch field {
        case .prompt: Hints(prompt: prompt)
        case .keywords: Hints(keywords: keywords)
        }
    }
}
