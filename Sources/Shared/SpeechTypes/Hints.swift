/// What a request tells about the words that will be heard.
public struct Hints: Sendable, Hashable, Codable {
    /// Text of the same kind, or words with commas between them; empty for none.
    public var prompt: String
    /// Words and phrases to prefer.
    public var keywords: [String]

    /// Hints, or none.
    public init(prompt: String = "", keywords: [String] = []) {
        self.prompt = prompt
        self.keywords = keywords
    }

    /// Whether nothing is told.
    public var isEmpty: Bool { phrases.isEmpty }

    /// The keywords, and what stands between the punctuation marks of the prompt; each once, in order.
    public var phrases: [String] {
        let marks: Set<Character> = [",", ";", ".", "!", "?", "，", "、", "；", "。", "！", "？"]
        let parts = keywords + prompt.split { marks.contains($0) || $0.isNewline }.map(String.init)
        var seen: Set<String> = []
        return parts.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}
