extension Hints {
    /// A request's field for hints, by its name.
    public enum Field: String, Sendable, Hashable, Codable, CaseIterable {
        /// See `Hints.prompt`.
        case prompt
        /// See `Hints.keywords`.
        case keywords
    }

    /// The fields with at least one phrase.
    public var fields: [Field] {
        Field.allCases.filter { !only($0).isEmpty }
    }

    /// The fields that contain any of these phrases.
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
