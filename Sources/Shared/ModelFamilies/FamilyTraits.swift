/// Whether to decode several recordings in one call.
public enum Batching: String, Sendable, CaseIterable {
    /// Yes: the model processes them as a batch.
    case together
    /// No: the library decodes one after the other.
    case oneByOne = "one by one"
}

/// How many threads may decode with one recognizer at the same time.
public enum DecodeConcurrency: String, Sendable, CaseIterable {
    /// Any number.
    case any
    /// One, because decodes share state.
    case one
}

/// The times in a family's results.
public enum TimeSupport: String, Sendable, CaseIterable {
    /// The start of each token.
    case tokens
    /// The start of each token, in some models.
    case tokensOfSomeModels = "tokens, in some models"
    /// Start times of tokens and segments, if the option is set and the model's files allow it.
    case byOption = "tokens and segments, by option"
    /// None that are recognised from the audio.
    case none
}

/// The hints that a request can give a family.
public enum HintSupport: String, Sendable, CaseIterable {
    /// Words to prefer, spelt in the model's tokens, if beam search is enabled.
    case hotwords = "hotwords, with modified_beam_search"
    /// Words that the model reads before the audio.
    case context = "words, with each request"
    /// None in a request; the options have texts for all requests.
    case contextByOption = "words, by option"
    /// None.
    case none
}

/// The source of a family's list of languages.
enum LanguageChoice: Sendable, Equatable {
    /// None: the model has no language parameter.
    case notTaken
    /// The same for every model of the family. A request without a language gets detection.
    case detected([String])
    /// The same for every model of the family, without detection. A request without a language gets `otherwise`.
    case told([String], otherwise: String)
    /// In the metadata of the file with this logical name, under Whisper's keys.
    case whisperMetadata(of: String)

    /// The codes, if they are the same for all models of the family.
    var codes: [String]? {
        switch self {
        case .detected(let codes), .told(let codes, otherwise: _): codes
        case .notTaken, .whisperMetadata: nil
        }
    }
}
