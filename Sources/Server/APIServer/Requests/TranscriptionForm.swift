import ModelFamilies
import SpeechTypes
import TranscriptFormats

/// A validated transcription request: a recording, and the options.
@dynamicMemberLookup
struct TranscriptionForm: Sendable {
    let file: SpooledUpload
    let fileName: String
    /// In bytes.
    let fileSize: Int
    /// Whether the file has no header, only samples (`TranscriptionJob.isRawPCM`).
    var isRawPCM = false
    /// The file's format, as far as its name tells it.
    var recordingFormat: RecordingFormat { isRawPCM ? .pcm : RecordingFormat(fileName: fileName) }
    let options: TranscriptionOptions

    /// Validates a form as it was sent to an endpoint, which may have only one task, and may lack fields of others.
    /// Throws an `APIError` that names the field and its allowed values.
    init(_ form: FormReader.Form, task: SpeechTask? = nil, without foreign: [String] = []) throws {
        guard let (upload, name, size) = form.file else {
            throw APIError.missing(
                form.fileField, "The form has no '\(form.fileField)'. Send the recording as a file part of that name.")
        }
        guard size > 0 else {
            throw APIError(
                status: .badRequest, code: "audio_empty", message: "The file '\(name)' is empty.",
                parameter: form.fileField)
        }
        file = upload
        fileName = name
        fileSize = size
        options = try TranscriptionOptions(form, task: task, without: foreign)
    }

    subscript<Value>(dynamicMember option: KeyPath<TranscriptionOptions, Value>) -> Value { options[keyPath: option] }
}

/// The validated options of a request. Only what depends on the model is still unchecked.
struct TranscriptionOptions: Sendable {
    /// The model's name; `nil` means the default model.
    let model: String?
    let format: ResponseFormat
    /// Transcription or translation; `nil` leaves it to the model's options.
    let task: SpeechTask?
    let language: Language?
    /// The languages that may be spoken, if the request does not name the one that is.
    let candidates: [Language]
    let hints: Hints
    let temperature: Double
    let isStreamed: Bool
    /// What `verbose_json` lists with timestamps.
    let timestamps: Set<TimestampGranularity>
    /// What `json` has besides the text.
    let inclusions: Set<Inclusion>
    let chunking: ChunkingStrategy?
    /// Whether the response needs the model's tokens: their times or their probabilities.
    var needsTokens: Bool { !inclusions.isEmpty || ![.json, .text].contains(format) }
    /// Whether the response needs the times of speech.
    var needsTimes: Bool { ![.json, .text].contains(format) }
    /// Fields that were sent and have no effect with any model.
    let ignored: [String]

    /// Validates all of a form but its file; throws like `TranscriptionForm`.
    init(_ form: FormReader.Form, task: SpeechTask? = nil, without foreign: [String] = []) throws {
        let sent = FormFields(form.fields)
        let fields = sent.without(foreign)
        model = fields.text("model")
        self.task = task
        format = try fields.responseFormat()
        language = try fields.language()
        let candidates = try fields.languages()
        self.candidates = language == nil ? candidates : []
        hints = try fields.hints()
        temperature = try fields.temperature()
        isStreamed = try fields.flag("stream")
        guard !isStreamed || format.isStreamable else {
            throw APIError.unsupported(
                "response_format", "Subtitles cannot be streamed: send '\(format.rawValue)' without stream.")
        }
        timestamps = try fields.timestamps()
        chunking = try fields.chunkingStrategy()
        inclusions = try fields.inclusions()
        guard inclusions.isEmpty || format == .json && !isStreamed else {
            throw APIError.unsupported(
                "include",
                "'logprobs' come with response_format json in one piece: send that without 'stream', or leave 'include'"
                    + " out.")
        }
        var ignored = foreign.filter { !sent.texts($0).isEmpty }
        if language != nil, !candidates.isEmpty { ignored.append("languages") }
        // Decoding is greedy, as with temperature 0.
        if temperature != 0 { ignored.append("temperature") }
        // The last event of a stream has segments and no words.
        if !fields.texts("timestamp_granularities").isEmpty,
            format != .verboseJSON || (isStreamed && timestamps != [.segment])
        {
            ignored.append("timestamp_granularities")
        }
        self.ignored = ignored + form.skipped
    }

    /// The names of the fields that have no effect with a model, or only a partial one. Before the engine has reported
    /// the unused hints, a model that takes hints is assumed to use them all.
    func ignoredFields(with model: ModelSpecification, unusedHints: [Hints.Field] = []) -> [String] {
        var ignored = (model.takesHints ? unusedHints : hints.fields).map(\.rawValue)
        if language != nil, !model.family.takesLanguage { ignored.append("language") }
        if !candidates.isEmpty, !model.family.detectsLanguage { ignored.append("languages") }
        return ignored + self.ignored
    }
}
