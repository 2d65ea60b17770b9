import Essentials
public import ModelFamilies
import SherpaOnnx
public import SpeechTypes

/// A loaded model that turns segments of audio into text. Its calls block; any thread may make them.
public final class Recognizer: Sendable {
    /// The model's name in the registry.
    public let name: String
    /// The languages a request may name.
    public let languages: LanguageSupport
    /// The longest segment that the model takes in one decode.
    public let window: Duration
    /// The length up to which neighbouring stretches of speech are best joined.
    public let preferredSegment: Duration
    /// Whether decoding several segments in one call is faster than one after the other.
    public let batches: Bool
    /// How many threads may decode at the same time.
    public let concurrency: DecodeConcurrency

    let cache: RecognizerCache
    let wide: WideRecognizer?
    private let model: ModelSpecification
    private let tokenLimit: (@Sendable (Duration) -> Int)?
    private let plans: HintPlans
    private let turns: DecodeTurns

    /// The most recognizers in memory, one for each language and task.
    public static let cacheCapacity = 3

    /// Checks the model's files and loads the model for its default language.
    ///
    /// - Parameters:
    ///   - model: The model to load.
    ///   - operatorThreads: Threads in one decode; more than one wastes cores while several decodes run.
    ///   - threadsAlone: Threads in a decode while no other runs. More than `operatorThreads` keep a second copy of the
    ///     model in memory as long as there are such decodes.
    ///   - runtimeSettings: A file with `RuntimeSettings.text`; `nil` for ONNX Runtime's own settings.
    /// - Throws: `RecognitionError` (`modelUnusable`), which names the file and its fault. Faults that the checks
    ///   cannot find may crash the process.
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

    /// Checks a request's language and task, before any other work.
    ///
    /// - Throws: `RecognitionError`: `unsupportedLanguage`, which names the supported ones, or `unsupportedTask`.
    public func check(_ language: Language?, task: SpeechTask? = nil) throws(RecognitionError) {
        _ = try languages.resolve(language, model: name)
        guard task != .translate || model.translates(languages) else {
            throw RecognitionError(
                .unsupportedTask,
                "Model '\(name)' cannot translate. Ask a multilingual whisper or a canary model, or for a transcription."
            )
        }
    }

    /// The language to assume if the model does not detect it: the model's only one, or the requested or configured
    /// one. For a model without a language parameter, the one in its options.
    public func expectedLanguage(for requested: Language?) -> Language? {
        switch languages {
        case .notTaken: model.options.language
        case .single(let only): only
        case .choice(_, let otherwise): requested ?? model.options.language ?? otherwise
        }
    }

    /// Whether requests may ask for a translation.
    public var translates: Bool { model.translates(languages) }

    /// The phrases of a request's hints that have no effect: the model takes no hints, or its tokens cannot spell them.
    ///
    /// The first call for a job's hints is slow; the result is cached for the segments.
    public func unused(_ hints: Hints) -> [String] { plans.plan(for: hints).unused }

    /// Recognises a segment. Blocks meanwhile.
    ///
    /// A result that reaches the decoder's token limit may be cut off. The segment is then halved at its quietest
    /// point, and each half is recognised again.
    /// - Parameters:
    ///   - segment: No longer than `window`.
    ///   - language: The requested language; `nil` for the model's default.
    ///   - task: The requested task; `nil` for the one in the model's options.
    ///   - hints: Hints about the words; the model ignores those it cannot use.
    /// - Returns: The text in order, usually as one segment; its text is empty for silence.
    /// - Throws: `RecognitionError` if the language or the task is not supported, or the library fails.
    public func recognize(
        _ segment: SpeechSegment, language: Language? = nil, task: SpeechTask? = nil, hints: Hints = Hints()
    ) throws(RecognitionError) -> [Transcript.Segment] {
        try recognize(segment, with: tuning(for: RecognitionRequest(language: language, task: task, hints: hints)))
    }

    /// Recognises segments of equal requests, in one call of the library if the model's family profits from it.
    ///
    /// - Parameters:
    ///   - segments: Preferably of similar length: each costs as much as the longest.
    ///   - request: The options for all segments.
    ///   - isAlone: Whether nothing else is being decoded.
    /// - Returns: The result of each segment, in order. A failure does not affect the others.
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

/// A recognizer with the options of a request for its streams.
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
