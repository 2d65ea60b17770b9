/// Phrases that a recognizer prefers.
enum Hotwords {
    /// Refuses phrases on which the library would end the process: from a recognizer that takes none, and those that it
    /// would not take as words. It splits them at `/` and line ends, parses what begins with `:` or `#` as a number,
    /// and aborts if that fails (Tests/Fixtures/VERIFY.md; utils.cc, `EncodeBase`).
    ///
    /// - Throws: `SherpaOnnxError` (`hotwordsRefused`).
    static func check(_ phrases: [String], taken: Bool) throws(SherpaOnnxError) {
        guard phrases.isEmpty || taken && phrases.allSatisfy(isHarmless) else {
            throw SherpaOnnxError(.hotwordsRefused, printed: "")
        }
    }

    private static func isHarmless(_ phrase: String) -> Bool {
        !phrase.contains { "/:#@\0".contains($0) || $0.isNewline } && phrase.contains { !$0.isWhitespace }
    }
}
