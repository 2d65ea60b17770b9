import Essentials
package import ModelFamilies
import SherpaOnnx
import SpeechTypes
import Synchronization

/// The recognition options of a request. Segments of equal requests may share a batch.
struct RecognitionRequest: Sendable, Hashable {
    /// `nil` for the language in the model's options.
    var language: Language?
    /// Transcription or translation; `nil` for the one in the model's options.
    var task: SpeechTask?
    /// Hints about the words; the model ignores those it cannot use.
    var hints = Hints()
}

/// A loaded model that turns segments of audio into text. Its calls block; any thread may make them.
package final class Recognizer: Sendable {
    let languages: LanguageSupport
    /// The length up to which neighbouring stretches of speech are best joined.
    let preferredSegment: Duration
    let cache: RecognizerCache
    let wide: WideRecognizer?
    let model: ModelSpecification
    private let tokenLimit: (@Sendable (Duration) -> Int)?
    private let plans: HintPlans
    private let turns: DecodeTurns

    /// The longest segment that the model takes in one decode.
    var window: Duration { model.family.window }
    /// Whether decoding several segments in one call is faster than one after the other.
    var batches: Bool { model.family.batching == .together }
    var concurrency: DecodeConcurrency { model.family.concurrency }

    /// Checks the model's files and loads the model for its default language.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - operatorThreads: Threads in one decode; more than one wastes cores while several decodes run.
    ///   - threadsAlone: Threads in a decode while no other runs. More than `operatorThreads` keep a second copy of the
    ///     model in memory as long as there are such decodes.
    ///   - runtimeSettings: A file with `RuntimeSettings.text`; `nil` for ONNX Runtime's own settings.
    /// - Throws: `RecognitionError` (`modelUnusable`), which names the file and its fault. Faults that the checks
    ///   cannot find may crash the process.
    package init(
        _ model: ModelSpecification, operatorThreads: Int = 1, threadsAlone: Int = 1, runtimeSettings: String? = nil
    ) throws(RecognitionError) {
        try model.checkFiles()
        let languages = try LanguageSupport(of: model)
        self.model = model
        self.languages = languages
        preferredSegment = model.preferredSegment
        turns = DecodeTurns(model.family.concurrency)
        tokenLimit = try Self.tokenLimit(of: model)
        let planner = try model.hintPlanner()
        plans = HintPlans(make: planner.plan)
        cache = RecognizerCache { settings throws(RecognitionError) in
            try model.recognizer(for: settings, operatorThreads: operatorThreads, runtimeSettings: runtimeSettings)
        }
        wide =
            threadsAlone <= operatorThreads || model.family.isStreaming
            ? nil
            : WideRecognizer { settings throws(RecognitionError) in
                try model.recognizer(for: settings, operatorThreads: threadsAlone, runtimeSettings: runtimeSettings)
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

    /// Throws `unsupportedLanguage`, which names the supported ones, or `unsupportedTask`.
    func check(_ language: Language?, task: SpeechTask? = nil) throws(RecognitionError) {
        _ = try languages.resolve(language, model: model.name)
        guard task != .translate || model.translates(languages) else {
            throw RecognitionError(
                .unsupportedTask,
                "Model '\(model.name)' cannot translate. Ask a multilingual whisper or a canary model, or for a "
                    + "transcription."
            )
        }
    }

    /// The language to assume if the model does not detect it: the model's only one, or the requested or configured
    /// one. For a model without a language parameter, the one in its options.
    func expectedLanguage(for requested: Language?) -> Language? {
        switch languages {
        case .notTaken: model.options.language
        case .single(let only): only
        case .choice(_, let otherwise): requested ?? model.options.language ?? otherwise
        }
    }

    /// The phrases of a request's hints that have no effect: the model takes no hints, or its tokens cannot spell them.
    /// The first call for a job's hints is slow; the result is cached for the segments.
    func unused(_ hints: Hints) -> [String] { plans.plan(for: hints).unused }

    /// Recognises segments of equal requests, in one call of the library if the model's family profits from it. Blocks
    /// meanwhile.
    ///
    /// A result that reaches the decoder's token limit may be cut off. The segment is then halved at its quietest
    /// point, and each half is recognised again.
    ///
    /// - Parameters:
    ///   - segments: No longer than `window`, and preferably of similar length: each costs as much as the longest.
    ///   - request: The options for all segments.
    ///   - isAlone: Whether nothing else is being decoded.
    /// - Returns: The result of each segment: usually one part, whose text is empty for silence.
    func recognize(
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

    func tuning(for request: RecognitionRequest, isAlone: Bool = false) throws(RecognitionError) -> Tuning {
        try check(request.language, task: request.task)
        let language = try languages.resolve(request.language ?? model.options.language, model: model.name)
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
        let results: [RecognitionResult]
        do throws(SherpaOnnxError) {
            results = try tuning.decode([segment], turns: turns)
        } catch {
            throw failure(error, in: segment)
        }
        return try finish(results[0], of: segment, with: tuning)
    }

    func failure(_ error: SherpaOnnxError, in segment: SpeechSegment) -> RecognitionError {
        RecognitionError(
            .decodingFailed,
            "Model '\(model.name)' failed on the sound from \(HumanFormat.clock(segment.start)) to "
                + "\(HumanFormat.clock(segment.end)): \(error.words)")
    }

    private func finish(
        _ result: RecognitionResult, of segment: SpeechSegment, with tuning: Tuning
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
    fileprivate func recognizer(
        for settings: RecognizerSettings, operatorThreads: Int, runtimeSettings: String?
    ) throws(RecognitionError) -> any WaveformRecognizer {
        let configuration = try configuration(
            for: settings, operatorThreads: operatorThreads, runtimeSettings: runtimeSettings)
        let padding = try streamPadding()
        do throws(SherpaOnnxError) {
            if let padding { return try OnlineRecognizer(configuration, padding: padding) }
            return try OfflineRecognizer(configuration)
        } catch {
            let files = files.values.compactMap { $0.split(separator: "/").last }.sorted().joined(separator: ", ")
            throw RecognitionError(
                .modelUnusable, "Model '\(name)' cannot be loaded: \(error.words) Check its files: \(files).")
        }
    }
}

/// A recognizer with the options of a request for its streams.
struct Tuning {
    let recognizer: any WaveformRecognizer
    let options: [String: String]
    let hotwords: [String]

    fileprivate func decode(_ segments: [SpeechSegment], turns: DecodeTurns) throws(SherpaOnnxError)
        -> [RecognitionResult]
    {
        try turns.take { () throws(SherpaOnnxError) in
            try recognizer.decode(segments.map(\.audio.samples), options: options, hotwords: hotwords)
        }
    }
}

/// Runs the decodes of a model in parallel, or one at a time if they share state.
final class DecodeTurns: Sendable {
    private let concurrency: DecodeConcurrency
    private let turn = Mutex(())

    init(_ concurrency: DecodeConcurrency) { self.concurrency = concurrency }

    /// Runs a decode. Blocks, also while it waits for other decodes.
    func take<R: Sendable, Failure>(_ decode: () throws(Failure) -> R) throws(Failure) -> R {
        switch concurrency {
        case .any: try decode()
        case .one: try turn.withLock { _ throws(Failure) in try decode() }
        }
    }
}
