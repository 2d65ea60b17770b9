import ModelFamilies
import SpeechTypes
import TranscriptFormats

/// What the fields of a request do with a model, by its family, its options and its files.
struct RequestAdvice {
    private let model: ModelSpecification
    private let languages: LanguageSupport?

    /// Reads what the model's files tell of languages.
    init(for model: ModelSpecification) {
        self.model = model
        languages = try? LanguageSupport(of: model)
    }

    /// What `language` may be, in words.
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

    /// The language of a request that names none; `nil` if the model detects it, or is not known to.
    var languageUnlessTold: Language? {
        switch languages {
        case .single(let only): only
        case .choice(_, let otherwise): model.options.language ?? otherwise
        case .notTaken, nil: nil
        }
    }

    /// What `prompt` and `keywords` do, in words.
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

    /// The fields that change nothing, by the names that `x-asr-ignored` has for them.
    var ignored: [String] {
        var fields = model.takesHints ? [] : ["prompt", "keywords"]
        if !model.family.takesLanguage { fields.append("language") }
        if !model.family.detectsLanguage { fields.append("languages") }
        // What a request says of it never reaches a model; some families have an option of this name.
        return fields + ["temperature"]
    }

    /// All of it, as JSON has it.
    var json: JSONValue {
        [
            "language": .array(model.languages.map { .string($0.code) }),
            "language_unless_told": JSONValue(languageUnlessTold?.code),
            "hints": .string(hints),
            "ignored": .array(ignored.map(JSONValue.string)),
        ]
    }
}
