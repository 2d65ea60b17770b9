/// A request's hints about the words in the recording.
package struct Hints: Sendable, Hashable, Codable {
    /// A text of the same kind, or words separated by commas; empty for none.
    package var prompt: String
    package var keywords: [String]

    package init(prompt: String = "", keywords: [String] = []) {
        self.prompt = prompt
        self.keywords = keywords
    }

    /// The keywords, and the parts of the prompt between punctuation marks; without duplicates, in order.
    package var phrases: [String] {
        let marks: Set<Character> = [",", ";", ".", "!", "?", "，", "、", "；", "。", "！", "？"]
        let parts = keywords + prompt.split { marks.contains($0) || $0.isNewline }.map(String.init)
        var seen: Set<String> = []
        return parts.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}

extension Hints {
    /// A request's field for hints, by its name.
    package enum Field: String, Sendable, Hashable, Codable, CaseIterable {
        case prompt
        case keywords
    }

    /// The fields with at least one phrase.
    package var fields: [Field] {
        Field.allCases.filter { !only($0).phrases.isEmpty }
    }

    /// The fields that contain any of these phrases.
    package func fields(of phrases: [String]) -> [Field] {
        Field.allCases.filter { !Set(only($0).phrases).isDisjoint(with: phrases) }
    }

    private func only(_ field: Field) -> Hints {
        switch field {
        case .prompt: Hints(prompt: prompt)
        case .keywords: Hints(keywords: keywords)
        }
    }
}
