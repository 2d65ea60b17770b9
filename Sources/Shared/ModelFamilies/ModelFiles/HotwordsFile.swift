/// Checks a `hotwords_file`: a phrase in each line, optionally with its score, as in `HELLO WORLD :2.5`.
enum HotwordsFile {
    /// sherpa-onnx parses what begins with `:` or `#` as a number, wherever it splits a word, and aborts if that fails
    /// (utils.cc, `EncodeHotwords` and `EncodeBase`).
    ///
    /// - Throws: `ModelFileError` with the number of the first bad line.
    static func check(path: String) throws(ModelFileError) {
        let data = try ReadableFile.contents(path: path)
        let lines = String(decoding: data, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() where !isGood(line) {
            throw ModelFileError(
                path: path, line: index + 1,
                problem:
                    "line \(index + 1) is not words with perhaps a score, as in 'HELLO WORLD :2.5', without : and # "
                    + "in the words")
        }
    }

    private static func isGood(_ line: Substring) -> Bool {
        var words = line.split(whereSeparator: \.isWhitespace)
        if let last = words.last, last.hasPrefix(":") {
            guard let score = Float(last.dropFirst()), score.isFinite else { return false }
            words.removeLast()
        }
        return words.allSatisfy { !$0.contains(":") && !$0.contains("#") }
    }
}
