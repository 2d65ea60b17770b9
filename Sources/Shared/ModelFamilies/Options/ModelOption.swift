/// A key under `options:` of a family: its possible values, and its C field.
public struct ModelOption: Sendable, Hashable {
    /// The kinds of values.
    public enum Kind: Sendable, Hashable {
        /// Yes or no.
        case flag
        /// A whole number in a range.
        case wholeNumber(ClosedRange<Int>)
        /// A number in a range.
        case decimal(ClosedRange<Double>)
        /// One of these words.
        case word([String])
        /// Any text.
        case text
        /// The path of a file, in the model's folder unless absolute.
        case file
        /// Such paths, separated by commas.
        case files
        /// One of these words, optionally with a colon and the path of a settings file for ONNX Runtime.
        case provider([String])
    }

    /// The destination of the value.
    enum Target: Hashable {
        case text(TextField)
        case number(NumberField)
        case decimal(DecimalField)
        /// Our own code: the C API does not have it.
        case ours
    }

    /// The key.
    public let key: String
    /// The kind of value.
    public let kind: Kind
    /// The default; `nil` for sherpa-onnx's own.
    public let standard: OptionValue?
    /// Its effect, for people.
    public let meaning: String
    let target: Target

    init(_ key: String, _ kind: Kind, to target: Target, standard: OptionValue? = nil, _ meaning: String) {
        self.key = key
        self.kind = kind
        self.target = target
        self.standard = standard
        self.meaning = meaning
    }

    /// The possible words, if the value is one of some words.
    public var words: [String] {
        switch kind {
        case .word(let words), .provider(let words): words
        case .flag, .wholeNumber, .decimal, .text, .file, .files: []
        }
    }

    /// Sets the C field to a value. Ignores a value of another kind, which models.yaml cannot contain.
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
