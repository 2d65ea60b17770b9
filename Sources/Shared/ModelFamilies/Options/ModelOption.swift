/// A key that a family takes under `options:`: what may stand behind it, and which C field it goes to.
public struct ModelOption: Sendable, Hashable {
    /// What may be written.
    public enum Kind: Sendable, Hashable {
        /// Yes or no.
        case flag
        /// A whole number in a range.
        case wholeNumber(ClosedRange<Int>)
        /// A number in a range.
        case decimal(ClosedRange<Double>)
        /// One of some words.
        case word([String])
        /// Any text.
        case text
        /// The path of a file, in the model's folder unless absolute.
        case file
        /// Such paths, with commas between them.
        case files
        /// One of some words, perhaps with a colon and the path of a settings file for ONNX Runtime.
        case provider([String])
    }

    /// Where the value goes.
    enum Target: Hashable {
        case text(TextField)
        case number(NumberField)
        case decimal(DecimalField)
        /// To ourselves: the C API does not know it.
        case ours
    }

    /// The key.
    public let key: String
    /// What may be written.
    public let kind: Kind
    /// What holds when nothing is written; `nil` leaves it to sherpa-onnx.
    public let standard: OptionValue?
    /// What it does, for people.
    public let meaning: String
    let target: Target

    init(_ key: String, _ kind: Kind, to target: Target, standard: OptionValue? = nil, _ meaning: String) {
        self.key = key
        self.kind = kind
        self.target = target
        self.standard = standard
        self.meaning = meaning
    }

    /// The words that may be written, where only some may.
    public var words: [String] {
        switch kind {
        case .word(let words), .provider(let words): words
        case .flag, .wholeNumber, .decimal, .text, .file, .files: []
        }
    }

    /// Puts a value into its C field. One of another kind, which models.yaml cannot bring about, is passed over.
    func put(_ value: OptionValue?, into configuration: inout OfflineRecognizerConfiguration) {
        switch (target, value ?? standard) {
        case (.text(let field), .text(let text)): configuration.texts[field] = text
        case (.number(let field), .flag(let flag)): configuration.numbers[field] = flag ? 1 : 0
        case (.number(let field), .number(let number)): configuration.numbers[field] = Int32(exactly: number)
        case (.decimal(let field), .number(let number)): configuration.decimals[field] = Float(number)
        default: break
        }
    }
}
