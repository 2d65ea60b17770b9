import Essentials
package import SpeechTypes

/// The properties of a model family, as data. Each family has its own in `Families/`.
package struct FamilySetup: Sendable {
    var layouts: [Layout]
    /// Files that a folder must contain, by the folder's logical name.
    var folders: [String: [String]] = [:]
    /// The keys under `options:`, besides `language`.
    package var options: [ModelOption] = ModelOption.general() + ModelOption.rules
    /// The longest audio that one decode takes.
    package var window: Duration = .seconds(30)
    /// The length up to which neighbouring stretches of speech are best joined; models.yaml may override it. Measured for
    /// Moonshine and Whisper; the other families have a length in between.
    package var preferredSegment: Duration = .seconds(10)
    /// The pieces of a turn in live sessions whose open piece is shown by looks.
    package var livePiece = LivePiece.short
    var languages: LanguageChoice = .notTaken
    var languageSetting: LanguageSetting?
    /// Whether the model can translate; some Whisper models cannot.
    package var translates = false
    package var batching = Batching.oneByOne
    package var concurrency = DecodeConcurrency.any
    package var times = TimeSupport.none
    /// Whether the results have the probability of each token.
    package var tellsLogProbabilities = false
    package var hints = HintSupport.none
    /// How the models take audio as it arrives; `nil` for models of whole recordings.
    var streaming: StreamingSetup?
    var checks = FileChecks()
    /// Sets the configuration that is no plain option: texts that depend on both language and task.
    var configure: @Sendable (inout RecognizerConfiguration, ModelOptions, RecognizerSettings) -> Void = {
        _, _, _ in
    }

    package struct Layout: Sendable {
        package var fields: [String: TextField]
        /// The decoder's token limit, if it has one.
        package var tokenLimit: TokenLimit?
    }

    enum LanguageSetting: Sendable {
        /// When the recognizer is made: each language needs its own recognizer. `unset` means detection.
        case atCreation(TextField, unset: String = "", words: [String: String] = [:])
        /// With each stream, under sherpa-onnx's key `language`.
        case perStream(words: [String: String] = [:])
    }

    func layout(of names: some Sequence<String>) -> Layout? {
        let names = Set(names)
        return layouts.first { Set($0.fields.keys) == names }
    }
}

/// The fixed settings of a recognizer.
package struct RecognizerSettings: Hashable, Sendable {
    /// The language; `nil` for detection, or if each stream has its own.
    package var language: Language?
    package var task = SpeechTask.transcribe
}

/// Whether to decode several recordings in one call.
package enum Batching: String, Sendable, CaseIterable {
    /// Yes: the model processes them as a batch.
    case together
    /// No: the library decodes one after the other.
    case oneByOne = "one by one"
}

/// When a piece of a turn in a live session is complete. Each piece is decoded by itself, and its text is final.
package struct LivePiece: Sendable, Equatable {
    /// How much speech a piece has before a pause ends it.
    package var leastSpeech: Duration
    /// The longest piece, at most the family's window.
    package var longest: Duration

    package init(leastSpeech: Duration, longest: Duration) {
        self.leastSpeech = leastSpeech
        self.longest = longest
    }

    /// Measured with Moonshine (Benchmarks/RESULTS.md, "Live speech"): with less speech in a piece, or more, there are
    /// more word errors.
    package static let short = LivePiece(leastSpeech: .seconds(2), longest: .seconds(8))
}

/// How many threads may decode with one recognizer at the same time.
package enum DecodeConcurrency: String, Sendable, CaseIterable {
    case any
    /// One, because decodes share state.
    case one
}

/// The times in a family's results.
package enum TimeSupport: String, Sendable, CaseIterable {
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
package enum HintSupport: String, Sendable, CaseIterable {
    /// Words to prefer, spelt in the model's tokens, if beam search is enabled.
    case hotwords = "hotwords, with modified_beam_search"
    /// Words that the model reads before the audio.
    case context = "words, with each request"
    /// None in a request; the options have texts for all requests.
    case contextByOption = "words, by option"
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

    var codes: [String]? {
        switch self {
        case .detected(let codes), .told(let codes, otherwise: _): codes
        case .notTaken, .whisperMetadata: nil
        }
    }
}

/// The limit at which a decoder stops writing tokens, even if audio remains.
package struct TokenLimit: Sendable, Equatable {
    /// Tokens for each second of audio, if limited.
    var perSecond: Double?
    package var context: Context?
    var option: Option?

    /// A property of a file's metadata; half of it is for text.
    package struct Context: Sendable, Equatable {
        package var file: String
        package var key: String
    }

    struct Option: Sendable, Equatable {
        var key: String
        /// Its default.
        var standard: Int
        /// Tokens that are not in the result.
        var hidden = 0
    }

    /// The most tokens of a decode of `duration`; `.max` if there is no known limit. `value` is that of the metadata
    /// property.
    package func tokens(in duration: Duration, context value: Int? = nil, options: ModelOptions = .init()) -> Int {
        let bySound = perSecond.map { Int(clamped: duration.inSeconds * $0) }
        let byContext = context == nil ? nil : value.map { $0 / 2 }
        let byOption = option.map { Int(clamped: options.number($0.key) ?? Double($0.standard)) - $0.hidden }
        return [bySound, byContext, byOption].compactMap { $0 }.min() ?? .max
    }
}
