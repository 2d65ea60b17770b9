/// Checks which phrases a transducer's tokens can spell.
///
/// sherpa-onnx spells hotwords itself, silently drops those without tokens, and aborts on some pieces that begin with
/// `:` or `#` (utils.cc, `EncodeHotwords` and `EncodeBase`). So it gets only phrases that are safe.
struct HotwordSpeller: Sendable {
    private enum Unit {
        /// Whole characters of Chinese and similar scripts; whole words of other scripts.
        case characters
        case pieces(BPEVocabulary)
        /// Characters of Chinese and similar scripts; BPE pieces of other scripts.
        case both(BPEVocabulary)
    }

    private let unit: Unit
    private let tokens: Set<String>

    /// The most words of a phrase: longer ones are running text.
    static let mostWords = 8

    /// Reads a model's tokens.txt and, if its modeling unit needs it, its bpe.vocab.
    ///
    /// - Returns: `nil` for a model without hotwords: not a transducer, without beam search, or with byte pieces, whose
    ///   spelling is not implemented here.
    init?(_ model: ModelSpecification) throws(ModelFileError) {
        guard model.takesHints, model.family.hints == .hotwords, let tokens = model.files["tokens"] else { return nil }
        let vocabulary = model.options.text("bpe_vocab")
        switch (model.options.text("modeling_unit") ?? "cjkchar", vocabulary) {
        case ("cjkchar", _): unit = .characters
        case ("bpe", let path?): unit = .pieces(try BPEVocabulary(path: path))
        case ("cjkchar+bpe", let path?): unit = .both(try BPEVocabulary(path: path))
        default: return nil
        }
        self.tokens = try TokensFile.symbols(path: tokens)
    }

    /// A spelling of the phrase that the tokens allow: unchanged, or in capitals, or in lower case.
    ///
    /// - Returns: `nil` if there is none.
    func spelling(of phrase: String) -> String? {
        guard phrase.split(separator: " ").count <= Self.mostWords else { return nil }
        return [phrase, phrase.uppercased(), phrase.lowercased()].first(where: canSpell)
    }

    private func canSpell(_ phrase: String) -> Bool {
        let words = phrase.split(separator: " ")
        return !words.isEmpty
            && words.allSatisfy { word in
                pieces(of: String(word))?.allSatisfy { tokens.contains($0) && !":#@".contains($0.prefix(1)) } == true
            }
    }

    private func pieces(of word: String) -> [String]? {
        switch unit {
        case .pieces(let vocabulary): return vocabulary.pieces(of: word)
        case .characters: return runs(of: word)
        case .both(let vocabulary):
            guard let runs = runs(of: word) else { return nil }
            var pieces: [String] = []
            for run in runs {
                guard run.first?.isLetter == true, run.first?.isASCII == true else {
                    pieces.append(run)
                    continue
                }
                guard let spelt = vocabulary.pieces(of: run) else { return nil }
                pieces += spelt
            }
            return pieces
        }
    }

    /// Characters of three or more bytes one by one, and runs of ASCII letters and digits (text-utils.cc, `SplitUtf8`);
    /// `nil` for a word with any other character, since that function treats those inconsistently.
    private func runs(of word: String) -> [String]? {
        var runs: [String] = []
        var continues = false
        for scalar in word.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
                if continues { runs[runs.count - 1].unicodeScalars.append(scalar) } else { runs.append(String(scalar)) }
                continues = true
            case 0x800...:
                runs.append(String(scalar))
                continues = false
            default: return nil
            }
        }
        return runs
    }
}
