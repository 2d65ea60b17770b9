/// A request's hints about the words in the recording.
public struct Hints: Sendable, Hashable, Codable {
    /// A text of the same kind, or words separated by commas; empty for none.
    public var prompt: String
    /// Words and phrases to prefer.
    public var keywords: [String]

    /// Makes hints; none by default.
    public init(prompt: String = "", keywords: [String] = []) {
        self.prompt = prompt
        self.keywords = keywords
    }

    /// Whether there are no phrases.
    public var isEmpty: Bool { phrases.isEmpty }

    /// The keywords, and the parts of the prompt between punctuation marks; without duplicates, in order.
    public var phrases: [String] {
        let marks: Set<Character> = [",", ";", ".", "!", "?", "，", "、", "；", "。", "！", "？"]
        let parts = keywords + prompt.split { marks.contains($0) || $0.isNewline }.map(String.init)
        var seen: Set<String> = []
        return parts.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}
