import Basics
import Foundation
import SpeechTypes

/// What goes over an engine's socket: `POST /transcribe` takes a `WireJob` and answers one `WireLine` a line;
/// `GET /status` answers with the `LaneLoad`, as JSON.
///
/// To see it: `curl --unix-socket FILE http://engine/transcribe -d '{"path": "/tmp/a.wav", "file_name": "a.wav",
/// "maximum_seconds": 60}'`.
struct WireJob: Codable {
    struct Chunking: Codable {
        var threshold: Double
        var prefixPaddingSeconds: Double
        var silenceSeconds: Double

        enum CodingKeys: String, CodingKey {
            case threshold
            case prefixPaddingSeconds = "prefix_padding_seconds"
            case silenceSeconds = "silence_seconds"
        }
    }

    /// The most bytes that an engine reads of a job. The text of a form has at most 1 MiB, of which JSON makes six times as
    /// much if it is all control characters; the rest is for the names of files.
    static let maximumBytes = 8 << 20

    var path: String
    var fileName: String
    var language: Language?
    var candidates: [Language]?
    var task: SpeechTask?
    var hints: Hints?
    var maximumSeconds: Double
    var chunking: Chunking?
    var needsTokens: Bool?
    var needsTimes: Bool?

    init(_ job: TranscriptionJob) {
        path = job.path
        fileName = job.fileName
        language = job.language
        candidates = job.candidates
        task = job.task
        hints = job.hints
        maximumSeconds = job.maximumDuration.inSeconds
        chunking = job.chunking.map(Chunking.init)
        needsTokens = job.needsTokens
        needsTimes = job.needsTimes
    }

    var job: TranscriptionJob {
        TranscriptionJob(
            path: path, fileName: fileName, language: language, candidates: candidates ?? [], task: task,
            hints: hints ?? Hints(), maximumDuration: .seconds(clamped: maximumSeconds), chunking: chunking?.strategy,
            needsTokens: needsTokens ?? true, needsTimes: needsTimes ?? true)
    }

    enum CodingKeys: String, CodingKey {
        case path, language, candidates, task, hints, chunking
        case fileName = "file_name"
        case maximumSeconds = "maximum_seconds"
        case needsTokens = "needs_tokens"
        case needsTimes = "needs_times"
    }
}

extension WireJob.Chunking {
    init(_ strategy: ChunkingStrategy) {
        threshold = strategy.threshold
        prefixPaddingSeconds = strategy.prefixPadding.inSeconds
        silenceSeconds = strategy.silence.inSeconds
    }

    var strategy: ChunkingStrategy {
        ChunkingStrategy(
            threshold: threshold, prefixPadding: .seconds(clamped: prefixPaddingSeconds),
            silence: .seconds(clamped: silenceSeconds))
    }
}

/// One line of an answer; exactly one of its keys is there. Times are seconds.
struct WireLine: Codable {
    struct Segment: Codable {
        struct Token: Codable {
            var text: String
            var start: Double?
            var duration: Double?
            var logProbability: Double?

            enum CodingKeys: String, CodingKey {
                case text, start, duration
                case logProbability = "log_probability"
            }
        }
        var start: Double
        var end: Double
        var text: String
        var tokens: [Token]
        /// Starts and ends, one after the other.
        var speech: [Double]?
        var language: Language?
    }

    struct Done: Codable {
        var seconds: Double
        var damagedPackets: Int
        var unusedHints: [Hints.Field]
        var laneWaitSeconds: Double?
        var language: Language?

        enum CodingKeys: String, CodingKey {
            case seconds, language
            case laneWaitSeconds = "lane_wait_seconds"
            case damagedPackets = "damaged_packets"
            case unusedHints = "unused_hints"
        }
    }

    struct Failure: Codable {
        var code: String
        var message: String
    }

    var segment: Segment?
    var working: Bool?
    var done: Done?
    var error: Failure?

    init(_ event: TranscriptEvent) {
        switch event {
        case .segment(let segment): self.segment = Segment(segment)
        case .working: working = true
        case .done(let summary): done = Done(summary)
        }
    }

    init(_ failure: TranscriptionError) {
        error = Failure(code: failure.code.rawValue, message: failure.message)
    }

    /// The line as it goes over the wire, without its end.
    ///
    /// - Throws: `TranscriptionError` if JSON has no way to write it: a probability of a model whose weights are damaged
    ///   may be no number, or infinite.
    func encoded(by encoder: JSONEncoder) throws(TranscriptionError) -> Data {
        do {
            return try encoder.encode(self)
        } catch EncodingError.invalidValue(let value, let context) {
            let field = context.codingPath.last.map { " of \($0.stringValue)" } ?? ""
            throw TranscriptionError(
                .recognitionFailed,
                "The model's result cannot be told, since the value\(field) is \(value). Check the model's files.")
        } catch {
            throw TranscriptionError(.recognitionFailed, "The model's result cannot be told: \(error)")
        }
    }

    /// Whether the engine says nothing after it.
    var isLast: Bool { done != nil || error != nil }

    /// What the line says.
    ///
    /// - Throws: `TranscriptionError` if it says that, `MalformedLine` if it says nothing.
    func event() throws -> TranscriptEvent {
        if let segment { return .segment(segment.segment) }
        if working != nil { return .working }
        if let done { return .done(done.summary) }
        if let error, let code = TranscriptionError.Code(rawValue: error.code) {
            throw TranscriptionError(code, error.message)
        }
        throw MalformedLine()
    }
}

/// A line that no engine of this version writes.
struct MalformedLine: Error {}

extension WireLine.Done {
    init(_ summary: RecordingSummary) {
        seconds = summary.duration.inSeconds
        damagedPackets = summary.damagedPackets
        unusedHints = summary.unusedHints
        laneWaitSeconds = summary.laneWait?.inSeconds
        language = summary.language
    }

    var summary: RecordingSummary {
        RecordingSummary(
            duration: .seconds(clamped: seconds), damagedPackets: damagedPackets, unusedHints: unusedHints,
            laneWait: laneWaitSeconds.map { .seconds(clamped: $0) },
            language: language)
    }
}

extension WireLine.Segment {
    init(_ segment: Transcript.Segment) {
        start = segment.start.inSeconds
        end = segment.end.inSeconds
        text = segment.text
        tokens = segment.tokens.map(Token.init)
        speech =
            segment.speech.isEmpty ? nil : segment.speech.flatMap { [$0.lowerBound, $0.upperBound] }.map(\.inSeconds)
        language = segment.language
    }

    var segment: Transcript.Segment {
        Transcript.Segment(
            start: .seconds(clamped: start), end: .seconds(clamped: end), text: text,
            tokens: tokens.map(\.token), speech: stretches, language: language)
    }

    private var stretches: [Range<Duration>] {
        let times = (speech ?? []).map { Duration.seconds(clamped: $0) }
        return stride(from: 0, to: times.count - 1, by: 2).map { times[$0]..<max(times[$0], times[$0 + 1]) }
    }
}

extension WireLine.Segment.Token {
    init(_ token: SpeechTypes.Token) {
        text = token.text
        start = token.start?.inSeconds
        duration = token.duration?.inSeconds
        logProbability = token.logProbability
    }

    var token: SpeechTypes.Token {
        SpeechTypes.Token(
            text: text, start: start.map { .seconds(clamped: $0) }, duration: duration.map { .seconds(clamped: $0) },
            logProbability: logProbability)
    }
}

/// The one line an engine writes to its standard output.
struct Greeting: Codable {
    /// It is loaded and listens.
    var ready: Bool?
    /// It cannot load its model, and why.
    var failed: String?
}
