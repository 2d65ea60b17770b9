import SpeechRecognition
import SpeechTypes
import YAMLFields

/// The values of an entry's `options:`, held against what its family can take.
extension FieldReader {
    /// The language when a request names none.
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

    /// How the decoder searches.
    mutating func decodingMethod(of family: ModelFamily?) -> DecodingMethod? {
        guard let text = nonemptyText("decoding_method") else { return nil }
        let known = family?.decodingMethods ?? DecodingMethod.allCases
        if let method = DecodingMethod(rawValue: text), known.contains(method) { return method }
        let takes = family.map { "\($0.rawValue) takes" } ?? "known are"
        note(
            "The decoding_method '\(text)' will not do; \(takes) \(known.map(\.rawValue).listed).",
            at: lineOf("decoding_method"))
        return nil
    }
}
