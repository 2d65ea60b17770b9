import ModelFamilies
import SpeechTypes
import TranscriptFormats

/// Describes the effect of a request's fields on a model, from its family, its options and its files.
struct RequestAdvice {
    private let model: ModelSpecification
    private let languages: LanguageSupport?

    /// Reads the languages from the model's files.
    init(for model: ModelSpecification) {
        self.model = model
        languages = try? LanguageSupport(of: model)
    }

    /// The valid values of `language`, in words.
    var language: String {
        switch languages {
        case nil: return "known once the files are there"
        case .notTaken: return "makes no difference to this model"
        case .single(let only): return "\(only); the model knows no other"
        case .choice(let languages, _):
            let codes = languages.map(\.code).joined(separator: ", ")
            return codes + (languageUnlessTold.map { "; \($0) unless told" } ?? "; detected unless told")
        }
    }

    /// The language of a request that names none; `nil` if the model detects it, or if it is not known.
    var languageUnlessTold: Language? {
        switch languages {
        case .single(let only): only
        case .choice(_, let otherwise): model.options.language ?? otherwise
        case .notTaken, nil: nil
        }
    }

    /// The effect of `prompt` and `keywords`, in words.
    var hints: String {
        switch model.family.hints {
        case .hotwords where model.takesHints: "hotwords, as far as the model's tokens can spell them"
        case .hotwords where model.options.values["modeling_unit"] == "bbpe":
            "ignored: hotwords of byte pieces come from the option hotwords_file only"
        case .hotwords: "ignored; hotwords with the option decoding_method: modified_beam_search"
        case .context: "words that the model reads before it listens"
        case .contextByOption: "ignored; the option hotwords has words for every request"
        case .none: "ignored"
        }
    }

    /// The fields without effect, by their names in `x-asr-ignored`.
    var ignored: [String] {
        var fields = model.takesHints ? [] : ["prompt", "keywords"]
        if !model.family.takesLanguage { fields.append("language") }
        if !model.family.detectsLanguage { fields.append("languages") }
        // A request's temperature never reaches a model, although some families have an option of this name.
        return fields + ["temperature"]
    }

    /// The description as JSON.
    var json: JSONValue {
        [
            "language": .array(model.languages.map { .string($0.code) }),
            "language_unless_told": JSONValue(languageUnlessTold?.code),
            "hints": .string(hints),
            "ignored": .array(ignored.map(JSONValue.string)),
        ]
    }
}
