/// Checks a `hotwords_file`: a phrase in each line, optionally with its score, as in `HELLO WORLD :2.5`.
enum HotwordsFile {
    /// sherpa-onnx parses what begins with `:` or `#` as a number, wherever it splits a word, and aborts if that fails
    /// (utils.cc, `EncodeHotwords` and `EncodeBase`).
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

/// Checks the files in `rule_fsts` and `rule_fars`: sherpa-onnx crashes on an invalid archive.
enum GrammarFile {
    enum Kind {
        /// A transducer (fst/fst.h, `kFstMagicNumber`).
        case transducer
        /// Several transducers (fst/extensions/far, `kSTTableMagicNumber` and `kSTListMagicNumber`), or one.
        case archive

        fileprivate var magicNumbers: Set<Int32> {
            switch self {
            case .transducer: [2_125_659_606]
            case .archive: [2_125_656_924, 5_656_924, 2_125_659_606]
            }
        }
    }

    static func check(path: String, kind: Kind) throws(ModelFileError) {
        let bytes = try ReadableFile(path: path).bytes(at: 0, count: 4)
        let number = bytes.reversed().reduce(UInt32.zero) { $0 << 8 | UInt32($1) }
        guard bytes.count == 4, kind.magicNumbers.contains(Int32(bitPattern: number)) else {
            throw ModelFileError(
                path: path, problem: "is no \(kind == .transducer ? "FST" : "FAR") of OpenFst; fetch it again")
        }
    }
}

/// A `bpe.vocab`: the pieces that words are made of, and their scores.
struct BPEVocabulary: Sendable {
    private let scores: [String: Float]
    private let longest: Int

    /// Reads the file like sherpa-onnx's encoder, which ends the process on a line that is not `piece score`
    /// (github.com/pkufool/simple-sentencepiece, `LoadVocab`).
    init(path: String) throws(ModelFileError) {
        let data = try ReadableFile.contents(path: path)
        var scores: [String: Float] = [:]
        var lines = String(decoding: data, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (index, line) in lines.enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count >= 2, let score = Float(fields[1]), score.isFinite else {
                throw ModelFileError(
                    path: path, line: index + 1, problem: "line \(index + 1) is not 'piece score'; fetch it again")
            }
            scores[String(fields[0])] = score
        }
        guard !scores.isEmpty else { throw ModelFileError(path: path, problem: "is empty") }
        self.scores = scores
        longest = scores.keys.map(\.utf8.count).max() ?? 0
    }

    /// The pieces of a word: those with the highest sum of scores; for equal sums, those with the longest first piece.
    /// This is how sherpa-onnx's encoder chooses. There, a position at which no piece begins has the score zero.
    ///
    /// - Returns: `nil` if the best path leads to such a position.
    func pieces(of word: String) -> [String]? {
        let bytes = Array(("▁" + word).utf8)
        var best = Array(repeating: (score: Float.zero, end: Int?.none), count: bytes.count + 1)
        for start in bytes.indices.reversed() {
            for end in start + 1...min(start + longest, bytes.count) {
                guard let piece = String(validating: bytes[start..<end], as: UTF8.self), let score = scores[piece]
                else {
                    continue
                }
                let sum = score + best[end].score
                if best[start].end == nil || sum >= best[start].score { best[start] = (sum, end) }
            }
        }
        var pieces: [String] = []
        var start = 0
        while start < bytes.count {
            guard let end = best[start].end else { return nil }
            pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return pieces
    }
}
