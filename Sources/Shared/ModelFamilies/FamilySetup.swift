package import SpeechTypes

/// The properties of a model family, as data. Each family has its own in `Families/`.
package struct FamilySetup: Sendable {
    /// The possible layouts of the family's files.
    var layouts: [Layout]
    /// Files that a folder must contain, by the folder's logical name.
    var folders: [String: [String]] = [:]
    /// The keys under `options:`, besides `language`.
    var options: [ModelOption] = ModelOption.general() + ModelOption.rules
    /// The longest audio that one decode takes.
    var window: Duration = .seconds(30)
    /// The length up to which neighbouring stretches of speech are best joined. Measured for Moonshine and Whisper; the
    /// other families have a length in between.
    var preferredSegment: Duration = .seconds(10)
    /// The languages that a request may name.
    var languages: LanguageChoice = .notTaken
    /// How the language is passed to the model.
    var languageSetting: LanguageSetting?
    /// Whether the model can translate.
    var translates = false
    /// Whether to decode several recordings in one call.
    var batching = Batching.oneByOne
    /// How many threads may decode with one recognizer at the same time.
    var concurrency = DecodeConcurrency.any
    /// The times in the results.
    var times = TimeSupport.none
    /// Whether the results have the probability of each token.
    var tellsLogProbabilities = false
    /// The hints that a request can give.
    var hints = HintSupport.none
    /// The checks of the files before sherpa-onnx reads them.
    var checks = FileChecks()
    /// Sets the configuration that is no plain option: texts that depend on both language and task.
    var configure: @Sendable (inout OfflineRecognizerConfiguration, ModelOptions, RecognizerSettings) -> Void = {
        _, _, _ in
    }

    /// A layout of a family's files.
    package struct Layout: Sendable {
        /// The C field of each logical file name.
        package var fields: [String: TextField]
        /// The decoder's token limit, if it has one.
        package var tokenLimit: TokenLimit?
    }

    /// How the language is passed to the model.
    enum LanguageSetting: Sendable {
        /// When the recognizer is made: each language needs its own recognizer. `unset` means detection.
        case atCreation(TextField, unset: String = "", words: [String: String] = [:])
        /// With each stream, under sherpa-onnx's key `language`.
        case perStream(words: [String: String] = [:])
    }

    /// The layout with exactly these logical names.
    func layout(of names: some Sequence<String>) -> Layout? {
        let names = Set(names)
        return layouts.first { Set($0.fields.keys) == names }
    }
}

/// The fixed settings of a recognizer.
package struct RecognizerSettings: Hashable, Sendable {
    /// The language; `nil` for detection, or if each stream has its own.
    package var language: Language?
    /// The task.
    package var task = SpeechTask.transcribe
}
