import Hummingbird
import SpeechTypes

/// Handles a form up to the response, for every endpoint that receives a recording.
struct RecordingService: Sendable {
    let catalog: ModelService
    let reader: FormReader
    let maximumDuration: Duration
    let hangUps: DisconnectRegistry

    /// Reads the form of a request, if it may be admitted.
    ///
    /// - Throws: `QueueFull` before anything is read, and what `FormReader` throws.
    func form(of request: Request, context: APIContext) async throws -> FormReader.Form {
        try catalog.admission.checkRoom()
        return try await reader.read(request, from: context.client)
    }

    /// Transcribes the recording; cancels the work if the client disconnects.
    func answer(_ form: TranscriptionForm, to request: Request, context: APIContext) async throws -> Response {
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
