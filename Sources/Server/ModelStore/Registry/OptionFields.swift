import ModelFamilies
import SpeechTypes

/// The values of an entry's `options:`, checked against what its family supports.
extension FieldReader {
    /// The language for requests that name none.
    mutating func language(of family: ModelFamily?) -> Language? {
        guard let text = text("language") else { return nil }
        let language: Language?
        do throws(MalformedLanguage) {
            language = try Language(parsing: text)
        } catch {
            let advice = "write a code such as en, or \"\" to let the model detect it"
            note("'\(error.text)' is no language code; \(advice).", at: lineOf("language"))
            return nil
        }
        if let language, let family, let known = family.languages, !known.contains(language) {
            let codes = known.map(\.code).listed
            note(
                "\(family.rawValue) does not know the language '\(language)'; write one of \(codes), or \"\".",
                at: lineOf("language"))
        }
        return language
    }

    /// All options of the family. An option of other families only is a mistake, and so is one without another that it
    /// needs; an unknown key is a warning. If the family is unknown, options of any family are accepted.
    mutating func options(of family: ModelFamily?) -> ModelOptions {
        var options = ModelOptions(language: language(of: family))
        for (key, line) in names() where key != "language" {
            if let option = Self.option(key, of: family) {
                options.values[key] = value(of: option)
            } else {
                note(unknown: key, of: family, at: line)
            }
        }
        for conflict in options.conflicts { note(conflict.message, at: lineOf(conflict.key)) }
        return options
    }

    private static func option(_ key: String, of family: ModelFamily?) -> ModelOption? {
        guard let family else {
            return ModelFamily.allCases.compactMap { $0.option(key) }.max { $0.words.count < $1.words.count }
        }
        return family.option(key)
    }

    private mutating func note(unknown key: String, of family: ModelFamily?, at line: Int) {
        let keys =
            family.map { $0.options.map(\.key) } ?? Set(ModelFamily.allCases.flatMap(\.options).map(\.key)).sorted()
        let known = (["language"] + keys).listed
        if let family, Self.option(key, of: nil) != nil {
            note("'\(key)' is no option of \(family.rawValue); it has \(known).", at: line)
        } else {
            note("Unknown key '\(key)' in 'options' is ignored; known: \(known).", at: line, .warning)
        }
    }

    private mutating func value(of option: ModelOption) -> OptionValue? {
        switch option.kind {
        case .flag: boolean(option.key).map { .flag($0) }
        case .wholeNumber(let range): wholeNumber(option.key, in: range).map { .number(Double($0)) }
        case .decimal(let range): decimal(option.key, in: range).map { .number($0) }
        case .text, .file, .files: nonemptyText(option.key).map { .text($0) }
        case .word(let words): word(option.key, of: words) { $0 }
        case .provider(let words): word(option.key, of: words) { String($0.prefix { $0 != ":" }) }
        }
    }

    /// A text of which one part must be one of some words.
    private mutating func word(_ key: String, of words: [String], in part: (String) -> String) -> OptionValue? {
        parsed(key, { words.contains(part($0)) && !$0.hasSuffix(":") ? .text($0) : nil }) {
            "'\(key)' cannot be '\($0)'; write \(words.count > 1 ? "one of " : "")\(words.listed)."
        }
    }
}
