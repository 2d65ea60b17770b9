import Hummingbird
import SpeechTypes

/// `POST /v1/audio/transcriptions` and `POST /v1/audio/translations`.
struct AudioEndpoints: Sendable {
    let catalog: ModelService
    let reader: FormReader
    let maximumDuration: Duration
    let hangUps: DisconnectRegistry

    @Sendable func transcribe(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context: context)
    }

    /// Like a transcription, but the text is English, whatever language is spoken. The fields that only transcriptions
    /// have are reported as ignored.
    @Sendable func translate(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context: context, task: .translate, without: ["language", "languages", "stream"])
    }

    private func answer(
        _ request: Request, context: APIContext, task: SpeechTask? = nil, without foreign: [String] = []
    ) async throws -> Response {
        try catalog.admission.checkRoom()
        let form = try await TranscriptionForm(
            reader.read(request, from: context.client), task: task, without: foreign)
        let tellsProgress = request.headers[.progress] != nil
        return try await hangUps.whileConnected(context.channel) {
            let entry = try await catalog.resolve(form.model)
            try await catalog.check(form.needs, of: entry)
            let place = try catalog.admission.enter(entry, bytes: form.fileSize)
            let job = TranscriptionJob(
                path: form.file.path, fileName: form.fileName, language: form.language, candidates: form.candidates,
                task: form.task, hints: form.hints, maximumDuration: maximumDuration, chunking: form.chunking,
                needsTokens: form.needsTokens, needsTimes: form.needsTimes)
            let answer = TranscriptResponse(
                form: form, entry: entry, place: place,
                events: try await catalog.transcribe(job, with: entry, in: place), tellsProgress: tellsProgress,
                context: context)
            return try await form.isStreamed ? answer.streamed() : answer.whole()
        }
    }
}
