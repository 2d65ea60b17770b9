import Essentials
import HTTPTypes
import Hummingbird
import ModelStore
import SpeechTypes
import Synchronization
import TranscriptFormats
import Upstreams

/// The API of whisper-asr-webservice (ahmetoner/whisper-asr-webservice), which Bazarr uses.
struct WhisperServiceEndpoints: Sendable {
    let audio: AudioEndpoints

    private static let dialect = APIDialect(
        file: "audio_file",
        names: [
            "model": "model", "language": "language", "prompt": "initial_prompt", "response_format": "output",
        ],
        others: ["task", "encode", "word_timestamps", "vad_filter"], isQuery: true)

    /// `POST /asr`.
    @Sendable func transcribe(_ request: Request, context: APIContext) async throws -> Response {
        try await audio.answer(request, context: context, in: Self.dialect) { request in
            let sent = request.sent
            let output = try Self.output(sent)
            request.task = try Self.task(sent)
            request.isRawPCM = try Self.isRawPCM(sent)
            try request.readSpeechFilter("vad_filter")
            request.fields["response_format"] = [output.nearest.rawValue]
            let hasWords = try sent.flag("word_timestamps")
            if output == .json, hasWords { request.fields["timestamp_granularities"] = ["segment", "word"] }
            if output != .json, hasWords { request.ignore("word_timestamps") }
            request.presentation.render = { output.render($0, hasWords: hasWords) }
            request.presentation.headers = { fileName in
                let name = "\(fileName.encodedForHeader).\(output.rawValue)"
                return [
                    .contentType: WhisperServiceOutput.contentType,
                    .asrEngine: "asr2clip",
                    .contentDisposition: "attachment; filename=\"\(name)\"",
                ]
            }
        }
    }

    private static let detection = APIDialect(
        file: "audio_file", names: ["model": "model"], others: ["encode"], isQuery: true)

    /// `POST /detect-language`.
    @Sendable func detectLanguage(_ request: Request, context: APIContext) async throws -> Response {
        try await Self.detection.naming {
            let (form, presentation) = try await audio.receive(
                request, context: context, in: Self.detection, needing: { _ in [.languageDetection] }
            ) { request in
                request.isRawPCM = try Self.isRawPCM(request.sent)
            }
            let language = try await audio.hangUps.whileConnected(context.channel) {
                try await audio.detectLanguage(of: form, context: context)
            }
            var response = Response(json: [
                "detected_language": .string(language?.whisperName ?? "undetermined"),
                "language_code": .string(language?.code ?? "und"),  // ISO 639-2
                "confidence": nil,  // no model tells it
            ])
            let ignored = presentation.ignored
            if !ignored.isEmpty { response.headers[.ignoredFields] = ignored.joined(separator: ", ") }
            return response
        }
    }

    private static func output(_ sent: FormFields) throws -> WhisperServiceOutput {
        guard let text = sent.text("output") else { return .txt }
        if let output = WhisperServiceOutput(rawValue: text) { return output }
        let known = WhisperServiceOutput.allCases.map(\.rawValue).joined(separator: ", ")
        throw APIError.invalid("output", "The output '\(text.excerpt)' is not one of \(known).")
    }

    private static func task(_ sent: FormFields) throws -> SpeechTask? {
        guard let text = sent.text("task") else { return nil }
        if let task = SpeechTask(rawValue: text) { return task }
        throw APIError.invalid("task", "The task '\(text.excerpt)' is not transcribe or translate.")
    }

    /// `encode=false` says that the client has converted the recording.
    private static func isRawPCM(_ sent: FormFields) throws -> Bool {
        try sent.text("encode") != nil && !sent.flag("encode")
    }
}

extension AudioEndpoints {
    /// The language that is spoken most in the first half minute of speech; `nil` if there is no speech.
    fileprivate func detectLanguage(of form: TranscriptionForm, context: APIContext) async throws -> Language? {
        let entry: ModelEntry
        switch try await check(form.model, needing: [.languageDetection]) {
        case .local(let local): entry = local
        case .upstream(let upstream):
            do {
                return try await forward(form, to: upstream, context: context).transcript().language
            } catch let error as UpstreamError where error.callsForFallback {
                guard let substitute = await substitute(for: upstream, needing: [.languageDetection]) else {
                    throw error
                }
                entry = substitute
            }
        }
        let tally = Mutex(LanguageTally())
        let transcription = try await begin(form, with: entry) { segment in
            tally.withLock { tally in
                tally.add(segment)
                return tally.isEnough
            }
        }
        var summary = RecordingSummary()
        for try await event in transcription.events {
            switch event {
            case .segment(let segment): summary.duration = segment.end
            case .length, .working: break
            case .done(let known):
                summary = known
                transcription.place.finish(known.duration)
            }
        }
        transcription.note(summary, in: context)
        return tally.withLock { $0.winner }
    }
}

extension String {
    /// A file's name, percent-encoded as the service does it, and cut to a usual length.
    fileprivate var encodedForHeader: String {
        utf8.prefix(255).reduce(into: "") { text, byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "_.-~".contains(character))
            text += isPlain ? String(character) : "%" + CollectionOfOne(byte).hexadecimal.uppercased()
        }
    }
}

extension HTTPField.Name {
    fileprivate static let asrEngine = Self.fixed("Asr-Engine")
}
