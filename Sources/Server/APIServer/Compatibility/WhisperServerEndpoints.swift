import Hummingbird
import TranscriptFormats

/// The API of whisper.cpp's server (examples/server in ggml-org/whisper.cpp).
struct WhisperServerEndpoints: Sendable {
    let audio: AudioEndpoints

    private static let dialect = APIDialect(
        file: "file",
        names: Dictionary(
            uniqueKeysWithValues: ["model", "language", "prompt", "temperature", "response_format"].map { ($0, $0) }),
        others: ["translate", "detect_language", "no_timestamps", "vad", "offset_t", "duration"])

    /// `POST /inference`.
    @Sendable func infer(_ request: Request, context: APIContext) async throws -> Response {
        try await audio.answer(request, context: context, in: Self.dialect) { request in
            let sent = request.sent
            try Self.refuseExcerpts(sent)
            if try sent.flag("translate") { request.task = .translate }
            if try sent.flag("detect_language") { request.fields["language"] = nil }
            try request.readSpeechFilter("vad")
            let format = try sent.responseFormat()
            let hasTimes = try !sent.flag("no_timestamps")
            if !hasTimes, [.srt, .vtt].contains(format) { request.ignore("no_timestamps") }
            guard format == .verboseJSON else { return }
            request.fields["timestamp_granularities"] = ["segment", "word"]
            let echo = RequestEcho(task: request.task ?? .transcribe, temperature: try sent.temperature())
            request.presentation.render = { $0.whisperServerJSON(echoing: echo, hasTimes: hasTimes) }
        }
    }

    /// `POST /load`: it would take the path of a model from a client.
    @Sendable func refuseToLoad(_ request: Request, context: APIContext) async throws -> Response {
        throw APIError(
            status: .notFound, code: "not_found",
            message:
                "This server has no /load: a client must not choose which of its files are opened. Register the model"
                + " in models.yaml, and send its name to /inference as 'model'.",
            abandonsBody: true)
    }

    /// Refuses the fields that choose a part of the recording: without them, the text would be another.
    private static func refuseExcerpts(_ sent: FormFields) throws {
        for field in ["offset_t", "duration"] {
            guard let text = sent.text(field), Double(text) != 0 else { continue }
            throw APIError.unsupported(
                field, "The server transcribes whole recordings: cut the part out, and leave '\(field)' out.")
        }
    }
}
