import EngineHost

/// Advice for an engine that ran out of memory, appended to its own message.
struct MemoryAdvice: Sendable {
    /// The most bytes of memory the engine may have; `nil` if it was given no limit.
    let limit: Int?

    /// The wordings of Swift, the C++ library and the system.
    private static let complaints = ["failed to allocate", "bad_alloc", "Cannot allocate memory"]
    /// SIGILL, SIGTRAP, SIGABRT, SIGBUS and SIGSEGV, without a message: writing one needs memory as well.
    private static let crashes = ["signal 4", "signal 5", "signal 6", "signal 7", "signal 11"]

    private var text: String {
        limit.map { "It may take \($0) bytes of memory; --engine-memory can give it more." }
            ?? "There is not enough memory for it; end other programs, or take a smaller model."
    }

    /// Appends the advice to a message about lack of memory.
    func added(to words: String) -> String {
        Self.complaints.contains { words.contains($0) } ? "\(words) \(text)" : words
    }

    /// Appends the advice to the last words of an engine that ran out of memory. If an engine with a limit crashes
    /// without a message, it may have hit the limit.
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
