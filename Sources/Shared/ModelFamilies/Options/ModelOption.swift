/// A key under `options:` of a family: its possible values, and its C field.
package struct ModelOption: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case flag
        case wholeNumber(ClosedRange<Int>)
        case decimal(ClosedRange<Double>)
        case word([String])
        case text
        /// The path of a file, in the model's folder unless absolute.
        case file
        /// Such paths, separated by commas.
        case files
        /// One of these words, optionally with a colon and the path of a settings file for ONNX Runtime.
        case provider([String])
    }

    enum Target: Hashable {
        case text(TextField)
        case number(NumberField)
        case decimal(DecimalField)
        /// Our own code: the C API does not have it.
        case ours
    }

    package let key: String
    package let kind: Kind
    /// The default; `nil` for sherpa-onnx's own.
    package let standard: OptionValue?
    /// Its effect, for people.
    package let meaning: String
    let target: Target

    init(_ key: String, _ kind: Kind, to target: Target, standard: OptionValue? = nil, _ meaning: String) {
        self.key = key
        self.kind = kind
        self.target = target
        self.standard = standard
        self.meaning = meaning
    }

    package var words: [String] {
        switch kind {
        case .word(let words), .provider(let words): words
        case .flag, .wholeNumber, .decimal, .text, .file, .files: []
        }
    }

    /// Sets the C field to a value. Ignores a value of another kind, which models.yaml cannot contain.
    func put(_ value: OptionValue?, into configuration: inout RecognizerConfiguration) {
        switch (target, value ?? standard) {
        case (.text(let field), .text(let text)): configuration.texts[field] = text
        case (.number(let field), .flag(let flag)): configuration.numbers[field] = flag ? 1 : 0
        case (.number(let field), .number(let number)): configuration.numbers[field] = Int32(exactly: number)
        case (.decimal(let field), .number(let number)): configuration.decimals[field] = Float(number)
        default: break
        }
    }

    /// The paths in a value of this option, in order.
    func paths(in value: OptionValue) -> [String] {
        guard case .text(let text) = value else { return [] }
        return switch kind {
        case .file: [text]
        case .files: text.split(separator: ",").map(String.init)
        case .provider: text.firstIndex(of: ":").map { [String(text[text.index(after: $0)...])] } ?? []
        case .flag, .wholeNumber, .decimal, .word, .text: []
        }
    }

    fileprivate func replacingPaths(in value: OptionValue, _ replace: (String) -> String) -> OptionValue {
        let replaced = paths(in: value).map(replace)
        guard case .text(let text) = value, !replaced.isEmpty else { return value }
        if case .provider = kind { return .text(text.prefix { $0 != ":" } + ":" + replaced.joined()) }
        return .text(replaced.joined(separator: ","))
    }
}

extension ModelSpecification {
    /// The paths of all files of the model: its own, and those in its options.
    package var paths: [String] {
        files.values + family.options.flatMap { option in options.values[option.key].map(option.paths) ?? [] }
    }
}

extension ModelOptions {
    /// The options with absolute paths: relative ones are relative to the model's folder.
    package func withPaths(below directory: String, of family: ModelFamily) -> ModelOptions {
        var resolved = self
        for option in family.options {
            guard let value = values[option.key] else { continue }
            resolved.values[option.key] = option.replacingPaths(in: value) {
                $0.hasPrefix("/") ? $0 : directory + "/" + $0
            }
        }
        return resolved
    }
}
