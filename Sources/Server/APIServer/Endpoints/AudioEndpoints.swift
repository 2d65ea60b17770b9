import Hummingbird
import ModelStore
import SpeechTypes

/// `POST /v1/audio/transcriptions` and `POST /v1/audio/translations`.
struct AudioEndpoints: Sendable {
    let catalog: ModelService
    let reader: FormReader
    let maximumDuration: Duration
    let hangUps: DisconnectRegistry

    /// The fields that translations do not have.
    static let onlyTranscribed = ["language", "languages", "stream"]

    @Sendable func transcribe(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context: context)
    }

    /// Like a transcription, but the text is English, whatever language is spoken. The fields that only transcriptions
    /// have are reported as ignored.
    @Sendable func translate(_ request: Request, context: APIContext) async throws -> Response {
        try await answer(request, context: context, task: .translate, without: Self.onlyTranscribed)
    }

    /// A model that the path names counts, and not that of the form.
    func answer(
        _ request: Request, context: APIContext, model: String? = nil, task: SpeechTask? = nil,
        without foreign: [String] = []
    ) async throws -> Response {
        if let model {
            try await judgingHead { try await check(model, needing: task == .translate ? [.translation] : []) }
        }
        var sent = try await read(request, context: context)
        if let model { sent.choose(model) }
        let form = try TranscriptionForm(sent, task: task, without: foreign)
        return try await respond(to: form, tellsProgress: request.headers[.progress] != nil, context: context)
    }

    /// Checks what a request's head says, before its body is read. So a client does not send a whole recording to learn
    /// of a mistake.
    func judgingHead(_ check: () async throws -> Void) async throws {
        try await APIError.changing({ $0.abandonsBody = true }, in: check)
    }

    /// Checks that there is such a model, and that it has these capabilities as far as is known; returns it.
    @discardableResult
    func check(_ name: String?, needing needs: [RequiredCapability]) async throws -> RegisteredModel {
        let model = try await catalog.find(name)
        switch model {
        case .local(let entry): try await catalog.check(needs, of: entry)
        case .upstream(let entry): try await catalog.check(needs, of: entry)
        }
        return model
    }

    /// Reads a form, unless the queue is full.
    func read(
        _ request: Request, context: APIContext, named names: FormNames = .openAI
    ) async throws -> FormReader.Form {
        try catalog.admission.checkRoom()
        return try await reader.read(request, from: context.client, named: names)
    }

    /// Transcribes the recording of a form, and responds in its format, or in that of another API.
    func respond(
        to form: TranscriptionForm, as presentation: Presentation = Presentation(), tellsProgress: Bool = false,
        context: APIContext
    ) async throws -> Response {
        try await hangUps.whileConnected(context.channel) {
            switch try await check(form.model, needing: form.options.needs) {
            case .local(let entry):
                try await transcribed(
                    form, with: entry, as: presentation, tellsProgress: tellsProgress, context: context)
            case .upstream(let entry):
                try await forwarded(form, to: entry, as: presentation, tellsProgress: tellsProgress, context: context)
            }
        }
    }

    /// Responds with the transcript of a model of this machine.
    func transcribed(
        _ form: TranscriptionForm, with entry: ModelEntry, as presentation: Presentation, tellsProgress: Bool,
        context: APIContext
    ) async throws -> Response {
        let answer = TranscriptResponse(
            form: form, transcription: try await begin(form, with: entry), presentation: presentation,
            tellsProgress: tellsProgress, context: context)
        return try await form.isStreamed ? answer.streamed() : answer.whole()
    }

    /// Starts to transcribe the recording of a form with a model of this machine, once there is a place for it. The events
    /// end with the segment that `isEnough`, if not before.
    func begin(
        _ form: TranscriptionForm, with entry: ModelEntry,
        until isEnough: @escaping @Sendable (Transcript.Segment) -> Bool = { _ in false }
    ) async throws -> RunningTranscription {
        let place = try catalog.admission.enter(entry.name, bytes: form.fileSize, form.recordingFormat)
        let job = TranscriptionJob(
            path: form.file.path, fileName: form.fileName, isRawPCM: form.isRawPCM, language: form.language,
            candidates: form.candidates, task: form.task, hints: form.hints, maximumDuration: maximumDuration,
            chunking: form.chunking, needsTokens: form.needsTokens, needsTimes: form.needsTimes)
        return RunningTranscription(
            entry: entry, place: place,
            events: try await catalog.transcribe(job, with: entry, in: place, until: isEnough))
    }
}

/// A transcription that has begun.
struct RunningTranscription: Sendable {
    let entry: ModelEntry
    /// The request's place in the queue.
    let place: Admission.Place
    let events: TranscriptEvents

    /// Notes what was heard in the request's record.
    func note(_ summary: RecordingSummary, in context: APIContext) {
        context.record.note(
            \.recording, RequestFindings.Recording(model: entry.name, summary: summary, wall: context.elapsed))
    }
}
