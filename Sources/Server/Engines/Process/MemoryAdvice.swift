import EngineHost

/// What to do about an engine that got no memory, behind what it said of it.
struct MemoryAdvice: Sendable {
    /// The most bytes of memory the engine may have; `nil` if it was given no limit.
    let limit: Int?

    /// As Swift, the C++ library and the system put it.
    private static let complaints = ["failed to allocate", "bad_alloc", "Cannot allocate memory"]
    /// SIGILL, SIGTRAP, SIGABRT, SIGBUS and SIGSEGV: without a word, since words take memory as well.
    private static let crashes = ["signal 4", "signal 5", "signal 6", "signal 7", "signal 11"]

    private var text: String {
        limit.map { "It may take \($0) bytes of memory; --engine-memory can give it more." }
            ?? "There is not enough memory for it; end other programs, or take a smaller model."
    }

    /// Adds the advice to words about a want of memory.
    func added(to words: String) -> String {
        Self.complaints.contains { words.contains($0) } ? "\(words) \(text)" : words
    }

    /// Adds the advice to the last words of an engine that ended for want of memory. An engine with a limit may have met it
    /// where it ends without a word.
    func added(to end: EngineEnd) -> EngineEnd {
        var end = end
        if !end.lastWords.isEmpty {
            end.lastWords = added(to: end.lastWords)
        } else if limit != nil, Self.crashes.contains(end.status) {
            end.lastWords = text
        }
        return end
    }
}
