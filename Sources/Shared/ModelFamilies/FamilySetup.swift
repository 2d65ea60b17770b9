package import SpeechTypes

/// What is particular to a model family, as data. Each family states its own in `Families/`.
package struct FamilySetup: Sendable {
    /// The ways a family's files may be laid out.
    var layouts: [Layout]
    /// Files that must be in what is a folder and no file, by the folder's logical name.
    var folders: [String: [String]] = [:]
    /// The keys that may stand under `options:`, beside `language`.
    var options: [ModelOption] = ModelOption.general() + ModelOption.rules
    /// The longest stretch of sound that one decode hears whole.
    var window: Duration = .seconds(30)
    /// The length up to which neighbouring pieces of speech are best joined. Measured for Moonshine and Whisper; for
    /// the others a length in between.
    var preferredSegment: Duration = .seconds(10)
    /// Which languages a request may name.
    var languages: LanguageChoice = .notTaken
    /// How the model is told the language.
    var languageSetting: LanguageSetting?
    /// Whether the model can be asked for a translation.
    var translates = false
    /// What decoding several recordings in one call gains.
    var batching = Batching.oneByOne
    /// How many threads may decode with one recognizer at once.
    var concurrency = DecodeConcurrency.any
    /// Which times the results have.
    var times = TimeSupport.none
    /// Whether the results tell how sure the model was of each token.
    var tellsLogProbabilities = false
    /// What a request can tell about the words to come.
    var hints = HintSupport.none
    /// What is checked in the files before sherpa-onnx sees them.
    var checks = FileChecks()
    /// Puts into the configuration what is no plain option: texts that depend on both language and task.
    var configure: @Sendable (inout OfflineRecognizerConfiguration, ModelOptions, RecognizerSettings) -> Void = {
        _, _, _ in
    }

    /// One way to lay out a family's files.
    package struct Layout: Sendable {
        /// The C field each logical file name goes to.
        package var fields: [String: TextField]
        /// How much text one decode can write, where the decoder has a limit.
        package var tokenLimit: TokenLimit?
    }

    /// How a model is told the language.
    enum LanguageSetting: Sendable {
        /// When its recognizer is made: each language costs a recognizer of its own. `unset` stands for detection.
        case atCreation(TextField, unset: String = "", words: [String: String] = [:])
        /// With each stream, under sherpa-onnx's key `language`.
        case perStream(words: [String: String] = [:])
    }

    /// The layout that has exactly these logical names.
    func layout(of names: some Sequence<String>) -> Layout? {
        let names = Set(names)
        return layouts.first { Set($0.fields.keys) == names }
    }
}

/// What a recognizer is made for; it never changes afterwards.
package struct RecognizerSettings: Hashable, Sendable {
    /// The language it expects; `nil` for detection, or where each stream says it.
    package var language: Language?
    /// What it makes of the speech.
    package var task = SpeechTask.transcribe
}
