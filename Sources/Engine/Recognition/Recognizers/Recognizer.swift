import Essentials
public import ModelFamilies
import SherpaOnnx
public import SpeechTypes

/// One model in memory, ready to turn segments of sound into text. Its calls block; any thread may make them.
public final class Recognizer: Sendable {
    /// The model's name in the registry.
    public let name: String
    /// The languages a request may name.
    public let languages: LanguageSupport
    /// The longest segment that is heard whole.
    public let window: Duration
    /// The length up to which neighbouring pieces of speech are best joined.
    public let preferredSegment: Duration
    /// Whether several segments in one call take less than one after the other.
    public let batches: Bool
    /// How many threads may decode at once.
    public let concurrency: DecodeConcurrency

    let cache: RecognizerCache
    let wide: WideRecognizer?
    private let model: ModelSpecification
    private let tokenLimit: (@Sendable (Duration) -> Int)?
    private let plans: HintPlans
    private let turns: DecodeTurns

    /// Recognizers held at once, one for each language and task.
    public static let cacheCapacity = 3

    /// Checks the model's files and loads it for its default language.
    ///
    /// - Parameters:
    ///   - model: What to load.
    ///   - operatorThreads: Threads inside one decode; more than one wastes cores when several decode.
    ///   - threadsAlone: Threads inside a decode that has the machine to itself. More than `operatorThreads` make it keep the
    ///     model in memory twice, as long as there are such decodes.
    ///   - runtimeSettings: A file with `RuntimeSettings.text`; `nil` for ONNX Runtime's own settings.
    /// - Throws: `RecognitionError` (`modelUnusable`) naming the file and what is wrong with it. What the checks cannot
    ///   see may end the process.
    public init(
        _ model: ModelSpecification, operatorThreads: Int = 1, threadsAlone: Int = 1, runtimeSettings: String? = nil
    ) throws(RecognitionError) {
        try model.checkFiles()
        let languages = try LanguageSupport(of: model)
        name = model.name
        self.model = model
        self.languages = languages
        window = model.family.window
        preferredSegment = model.preferredSegment
        batches = model.family.batching == .together
        concurrency = model.family.concurrency
        turns = DecodeTurns(model.family.concurrency)
        tokenLimit = try Self.tokenLimit(of: model)
        let planner = try model.hintPlanner()
        plans = HintPlans(make: planner.plan)
        let settings = runtimeSettings
        cache = RecognizerCache(capacity: Self.cacheCapacity) { recognizer throws(RecognitionError) in
            try model.recognizer(for: recognizer, operatorThreads: operatorThreads, runtimeSettings: settings)
        }
        wide =
            threadsAlone <= operatorThreads
            ? nil
            : WideRecognizer { recognizer throws(RecognitionError) in
                try model.recognizer(for: recognizer, operatorThreads: threadsAlone, runtimeSettings: settings)
            }
        let language = try languages.resolve(model.options.language, model: model.name)
        _ = try cache.recognizer(for: model.settings(language: language, task: nil))
    }

    private static func tokenLimit(
        of model: ModelSpecification
    ) throws(RecognitionError) -> (@Sendable (Duration) -> Int)? {
        guard let limit = try model.layout().tokenLimit else { return nil }
        var context: Int?
        if let place = limit.context {
            context = try model.metadata(of: place.file).properties[place.key].flatMap { Int($0) }
        }
        return { [context, options = model.options] in limit.tokens(in: $0, context: context, options: options) }
    }

    /// Checks a request's language and task before any work is done.
    ///
    /// - Throws: `RecognitionError` (`unsupportedLanguage`), naming the languages that would do, or (`unsupportedTask`).
    public func check(_ language: Language?, task: SpeechTask? = nil) throws(RecognitionError) {
        _ = try languages.resolve(language, model: name)
        guard task != .translate || model.translates(languages) else {
            throw RecognitionError(
                .unsupportedTask,
                "Model '\(name)' cannot translate. Ask a multilingual whisper or a canary model, or for a transcription."
            )
        }
    }

    /// The language that speech is taken for where the model does not find it out: its only one, or the one that it is
    /// told. A model that takes none has the one of its entry.
    public func expectedLanguage(for requested: Language?) -> Language? {
        switch languages {
        case .notTaken: model.options.language
        case .single(let only): only
        case .choice(_, let otherwise): requested ?? model.options.language ?? otherwise
        }
    }

    /// Whether requests may ask for a translation.
    public var translates: Bool { model.translates(languages) }

    /// The phrases of a request's hints that have no effect: the model takes none, or its tokens cannot spell them.
    ///
    /// The first call for a job's hints takes its time; what it found is kept for the segments.
    public func unused(_ hints: Hints) -> [String] { plans.plan(for: hints).unused }

    /// Recognises a segment. Blocks for as long as that takes.
    ///
    /// A result that reaches the decoder's limit of tokens may lack its end: the segment is then halved at its quietest
    /// point and each half recognised anew.
    /// - Parameters:
    ///   - segment: No longer than `window`.
    ///   - language: What the request named; the model's default otherwise.
    ///   - task: What the request wants made of the speech; what the model's options say otherwise.
    ///   - hints: What the request tells about the words; what the model cannot use of them is left out.
    /// - Returns: The text in order, usually as one segment; its text is empty for silence.
    /// - Throws: `RecognitionError` if the language is not known, the task cannot be done or the library fails.
    public func recognize(
        _ segment: SpeechSegment, language: Language? = nil, task: SpeechTask? = nil, hints: Hints = Hints()
    ) throws(RecognitionError) -> [Transcript.Segment] {
        try recognize(segment, with: tuning(for: RecognitionRequest(language: language, task: task, hints: hints)))
    }

    /// Recognises segments of equal requests, in one call of the library where the model's family gains by that.
    ///
    /// - Parameters:
    ///   - segments: Best of about the same length: the shorter ones cost as much as the longest.
    ///   - request: What all of them are recognised for.
    ///   - isAlone: Whether nothing else is being decoded.
    /// - Returns: What became of each, in order. One that fails leaves the others unharmed.
    public func recognize(
        _ segments: [SpeechSegment], for request: RecognitionRequest, isAlone: Bool = false
    ) -> [Result<[Transcript.Segment], RecognitionError>] {
        let tuning: Tuning
        do throws(RecognitionError) {
            tuning = try self.tuning(for: request, isAlone: isAlone)
        } catch {
            return segments.map { _ in .failure(error) }
        }
        if segments.count > 1, batches, let results = try? tuning.decode(segments, turns: turns) {
            return zip(segments, results).map { segment, result in
                Result { () throws(RecognitionError) in try finish(result, of: segment, with: tuning) }
            }
        }
        return segments.map { segment in
            Result { () throws(RecognitionError) in try recognize(segment, with: tuning) }
        }
    }

    private func tuning(for request: RecognitionRequest, isAlone: Bool = false) throws(RecognitionError) -> Tuning {
        try check(request.language, task: request.task)
        let language = try languages.resolve(request.language ?? model.options.language, model: name)
        let plan = plans.plan(for: request.hints)
        var options = model.streamOptions(language: language)
        options["hotwords"] = plan.context
        let settings = model.settings(language: language, task: request.task)
        let found = isAlone ? wide?.recognizer(for: settings) : nil
        let recognizer = if let found { found } else { try cache.recognizer(for: settings) }
        return Tuning(recognizer: recognizer, options: options, hotwords: plan.hotwords)
    }

    private func recognize(
        _ segment: SpeechSegment, with tuning: Tuning
    ) throws(RecognitionError) -> [Transcript.Segment] {
        let results: [OfflineResult]
        do throws(SherpaOnnxError) {
            results = try tuning.decode([segment], turns: turns)
        } catch {
            throw RecognitionError(
                .decodingFailed,
                "Model '\(name)' failed on the sound from \(HumanFormat.clock(segment.start)) to \(HumanFormat.clock(segment.end)): "
                    + "\(error.words)")
        }
        return try finish(results[0], of: segment, with: tuning)
    }

    private func finish(
        _ result: OfflineResult, of segment: SpeechSegment, with tuning: Tuning
    ) throws(RecognitionError) -> [Transcript.Segment] {
        if let tokenLimit, result.tokens.count >= max(2, tokenLimit(segment.audio.duration) - 1),
            let (first, second) = segment.halved()
        {
            return try recognize(first, with: tuning) + recognize(second, with: tuning)
        }
        return Transcript.Segment.segments(
            result, of: segment, family: model.family, languages: languages.languages)
    }
}

extension ModelSpecification {
    /// Loads the model. Blocks meanwhile.
    fileprivate func recognizer(
        for settings: RecognizerSettings, operatorThreads: Int, runtimeSettings: String?
    ) throws(RecognitionError) -> OfflineRecognizer {
        let configuration = try configuration(
            for: settings, operatorThreads: operatorThreads, runtimeSettings: runtimeSettings)
        do throws(SherpaOnnxError) {
            return try OfflineRecognizer(configuration)
        } catch {
            let files = files.values.compactMap { $0.split(separator: "/").last }.sorted().joined(separator: ", ")
            throw RecognitionError(
                .modelUnusable, "Model '\(name)' cannot be loaded: \(error.words) Check its files: \(files).")
        }
    }
}

/// A recognizer, and what a request tells it with each stream.
private struct Tuning {
    let recognizer: OfflineRecognizer
    let options: [String: String]
    let hotwords: [String]

    func decode(_ segments: [SpeechSegment], turns: DecodeTurns) throws(SherpaOnnxError) -> [OfflineResult] {
        try turns.take { () throws(SherpaOnnxError) in
            try recognizer.decode(segments.map(\.audio.samples), options: options, hotwords: hotwords)
        }
    }
}
