import SpeechTypes
import TranscriptFormats
import Transcription

/// A request to transcribe, checked: what is in it is possible, as far as that can be told without the model.
struct TranscriptionForm: Sendable {
    let file: SpooledUpload
    let fileName: String
    let model: String
    let format: ResponseFormat
    let language: Language?
    let temperature: Double
    let isStreamed: Bool
    /// What `verbose_json` lists with its times.
    let timestamps: Set<TimestampGranularity>
    let chunking: ChunkingStrategy?
    /// Fields that were sent and change nothing, whatever the model.
    let ignored: [String]

    /// Checks a form.
    ///
    /// - Throws: `APIError` naming the field and what it may be.
    init(_ form: FormReader.Form) async throws {
        guard let (upload, name) = form.file else {
            throw APIError.missing("file", "The form has no 'file'. Send the recording as a file part.")
        }
        guard await upload.size > 0 else {
            throw APIError(
                status: .badRequest, code: "audio_empty", message: "The file '\(name)' is empty.", parameter: "file")
        }
        let fields = FormFields(form.fields)
        guard let model = fields.text("model") else {
            throw APIError.missing("model", "The form has no 'model'. GET /v1/models lists the models.")
        }
        file = upload
        fileName = name
        self.model = model
        format = try fields.responseFormat()
        language = try fields.language()
        temperature = try fields.temperature()
        isStreamed = try fields.flag("stream")
        guard !isStreamed || ![.srt, .vtt].contains(format) else {
            throw APIError.unsupported(
                "response_format", "Subtitles cannot be streamed: send '\(format.rawValue)' without stream.")
        }
        timestamps = try fields.timestamps()
        chunking = try ChunkingFields.strategy(in: form.fields)
        try fields.refuseUnsupported()
        ignored = fields.ignored(temperature: temperature)
    }
}

/// The text fields of a form, read one by one.
private struct FormFields {
    private let values: [String: [String]]

    init(_ values: [String: [String]]) {
        self.values = values
    }

    /// The last value of a field; `nil` where it is missing or empty.
    func text(_ name: String) -> String? {
        values[name]?.last.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether any value of a field says something.
    private func isGiven(_ name: String) -> Bool {
        values[name]?.contains { !$0.isEmpty } == true
    }

    func responseFormat() throws(APIError) -> ResponseFormat {
        guard let text = text("response_format") else { return .json }
        if let format = ResponseFormat(rawValue: text) { return format }
        let known = ResponseFormat.allCases.map(\.rawValue).joined(separator: ", ")
        let message = "The response_format '\(text)' is not one of \(known)."
        throw text == "diarized_json" ? .unsupported("response_format", message) : .invalid("response_format", message)
    }

    func language() throws(APIError) -> Language? {
        guard let text = text("language") else { return nil }
        do throws(MalformedLanguage) {
            return try Language(parsing: text)
        } catch {
            throw .invalid("language", "The language '\(text)' is not a code such as en, zh or yue.")
        }
    }

    func temperature() throws(APIError) -> Double {
        guard let text = text("temperature") else { return 0 }
        guard let number = Double(text), (0...1).contains(number) else {
            throw .invalid("temperature", "The temperature '\(text)' is not a number from 0 to 1.")
        }
        return number
    }

    func flag(_ name: String) throws(APIError) -> Bool {
        switch text(name)?.lowercased() {
        case nil, "false", "0", "no": false
        case "true", "1", "yes": true
        case let text?: throw .invalid(name, "The value '\(text)' of \(name) is not true or false.")
        }
    }

    func timestamps() throws(APIError) -> Set<TimestampGranularity> {
        var timestamps: Set<TimestampGranularity> = []
        for word in values["timestamp_granularities"] ?? [] where !word.isEmpty {
            guard let granularity = TimestampGranularity(rawValue: word) else {
                throw .invalid("timestamp_granularities", "'\(word)' is not 'segment' or 'word'.")
            }
            timestamps.insert(granularity)
        }
        return timestamps.isEmpty ? [.segment] : timestamps
    }

    /// What the contract has and this server does not have yet.
    func refuseUnsupported() throws(APIError) {
        for item in values["include"] ?? [] where !item.isEmpty {
            throw .unsupported("include", "'\(item)' cannot be included; leave the field out.")
        }
    }

    /// Decoding is greedy, which is temperature 0; no family takes hints yet.
    func ignored(temperature: Double) -> [String] {
        var ignored = ["prompt", "keywords", "languages"].filter(isGiven)
        if temperature != 0 { ignored.append("temperature") }
        return ignored
    }
}
