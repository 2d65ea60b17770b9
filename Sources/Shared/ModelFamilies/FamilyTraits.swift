/// What decoding several recordings in one call gains.
public enum Batching: String, Sendable, CaseIterable {
    /// They go through the model together.
    case together
    /// Nothing: the library takes one after the other.
    case oneByOne = "one by one"
}

/// How many threads may decode with one recognizer at once.
public enum DecodeConcurrency: String, Sendable, CaseIterable {
    /// As many as there are.
    case any
    /// One: decodes share a state.
    case one
}

/// Which times a family's results have.
public enum TimeSupport: String, Sendable, CaseIterable {
    /// The start of each token.
    case tokens
    /// The start of each token, in some models.
    case tokensOfSomeModels = "tokens, in some models"
    /// Of tokens and segments, each when its option asks for it and the model's files allow.
    case byOption = "tokens and segments, by option"
    /// None that are heard in the sound.
    case none
}

/// What a request can tell a family about the words it will hear.
public enum HintSupport: String, Sendable, CaseIterable {
    /// Words to prefer, spelt in the model's own units, while beam search is on.
    case hotwords = "hotwords, with modified_beam_search"
    /// Words that the model reads before it listens.
    case context = "words, with each request"
    /// Nothing with a request; the options have texts for every request.
    case contextByOption = "words, by option"
    /// Nothing.
    case none
}

/// Where a family's list of languages comes from.
enum LanguageChoice: Sendable, Equatable {
    /// The family hears what it hears: a language changes nothing.
    case notTaken
    /// The same for every model of the family; none means detection.
    case detected([String])
    /// The same for every model of the family, which must be told one and is told `otherwise` when nobody names any.
    case told([String], otherwise: String)
    /// In the metadata of the file with this logical name, under Whisper's keys.
    case whisperMetadata(of: String)

    /// The codes, where all models of the family have the same.
    var codes: [String]? {
        switch self {
        case .detected(let codes), .told(let codes, otherwise: _): codes
        case .notTaken, .whisperMetadata: nil
        }
    }
}
