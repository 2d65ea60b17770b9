import Engine
import HTTPTypes
import Hummingbird
import ModelStore
import NIOCore
import SpeechTypes
import TranscriptFormats
import Transcription

/// `POST /v1/audio/transcriptions`.
struct TranscriptionEndpoint: Sendable {
    let catalog: ModelCatalog
    let reader: FormReader
    let maximumDuration: Duration

    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await TranscriptionForm(reader.read(request))
        let tellsProgress = request.headers[.progress] != nil
        return try await context.whileConnected {
            try await answer(form, tellsProgress: tellsProgress, context: context)
        }
    }

    private func answer(
        _ form: TranscriptionForm, tellsProgress: Bool, context: APIContext
    ) async throws -> Response {
        let entry = try await catalog.store.resolve(form.model)
        guard !form.timestamps.contains(.word) || entry.specification.mayTellTokenTimes else {
            throw APIError.unsupported(
                "timestamp_granularities",
                "The model '\(entry.name)' does not tell when it hears words; ask for 'segment', or another model.")
        }
        let job = TranscriptionJob(
            path: form.file.path, fileName: form.fileName, language: form.language, maximumDuration: maximumDuration,
            chunking: form.chunking)
        let events = try await catalog.transcribe(job, with: entry)
        let answer = Answer(
            form: form, entry: entry, events: events, tellsProgress: tellsProgress, context: context)
        return try await form.isStreamed ? answer.streamed() : answer.whole()
    }
}

/// A transcription on its way to the client. It holds the uploaded file until it ends.
private struct Answer: Sendable {
    let form: TranscriptionForm
    let entry: ModelEntry
    let events: TranscriptEvents
    /// Whether a stream tells in comments how far the recording has been heard.
    let tellsProgress: Bool
    let context: APIContext

    private var echo: RequestEcho {
        RequestEcho(languageHint: form.language, temperature: form.temperature)
    }

    /// The transcript in one piece, in the format asked for.
    func whole() async throws -> Response {
        var transcript = Transcript()
        var damagedPackets = 0
        for try await event in events {
            switch event {
            case .segment(let segment): transcript.append(segment)
            case .working: break
            case .done(let summary):
                (transcript.duration, damagedPackets) = (summary.duration, summary.damagedPackets)
            }
        }
        log(transcript, damagedPackets: damagedPackets)
        var headers = headers(contentType: form.format.contentType)
        if damagedPackets > 0 { headers[.damagedPackets] = "\(damagedPackets)" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(
                byteBuffer: ByteBuffer(
                    string: form.format.render(transcript, echoing: echo, timestamps: form.timestamps))))
    }

    /// The transcript as it grows. What fails before the first event is an ordinary error answer.
    func streamed() async throws -> Response {
        var iterator = events.makeAsyncIterator()
        let first = try await iterator.next()
        var headers = headers(contentType: TranscriptStreamEvent.contentType)
        headers[.cacheControl] = "no-cache"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                do {
                    try await write(first: first, to: &writer)
                } catch let error where context.channel.isActive {
                    context.log.error("A stream broke off.", metadata: ["error": "\(error)"])
                    let answer = APIError(error) ?? .unforeseen
                    try await writer.write(ByteBuffer(string: TranscriptStreamEvent.error(answer.body).text))
                }
                try await writer.finish(nil)
            })
    }

    private func write(first: TranscriptEvent?, to writer: inout any ResponseBodyWriter) async throws {
        var transcript = Transcript()
        var damagedPackets = 0
        var lastWrite = ContinuousClock.now
        func send(_ event: TranscriptStreamEvent) async throws {
            try await writer.write(ByteBuffer(string: event.text))
            lastWrite = .now
        }
        var iterator = events.makeAsyncIterator()
        var next = first
        while let event = next {
            switch event {
            case .segment(let segment):
                let delta = transcript.append(segment)
                if !delta.isEmpty { try await send(.delta(delta)) }
                if tellsProgress { try await send(.heard(segment.end)) }
            case .working:
                try context.checkClient()
                if lastWrite.duration(to: .now) >= Self.keepAliveInterval { try await send(.keepAlive) }
            case .done(let summary):
                (transcript.duration, damagedPackets) = (summary.duration, summary.damagedPackets)
                try await send(.done(transcript, languageHint: form.language))
                try await send(.finished)
            }
            next = try await iterator.next()
        }
        log(transcript, damagedPackets: damagedPackets)
    }

    /// How long a stream may be silent; proxies commonly close after 30 to 60 s.
    private static let keepAliveInterval = Duration.seconds(15)

    private func headers(contentType: String) -> HTTPFields {
        var headers: HTTPFields = [.contentType: contentType]
        let takesLanguage = entry.family.takesLanguage || form.language == nil
        let ignored = form.ignored + (takesLanguage ? [] : ["language"])
        if !ignored.isEmpty { headers[.ignoredFields] = ignored.joined(separator: ", ") }
        return headers
    }

    private func log(_ transcript: Transcript, damagedPackets: Int) {
        if damagedPackets > 0 {
            context.log.warning("Parts of a recording are damaged.", metadata: ["packets": "\(damagedPackets)"])
        }
        let wall = context.elapsed.inSeconds
        let audio = transcript.duration.inSeconds
        context.log.info(
            "Transcribed.",
            metadata: [
                "model": "\(entry.name)", "audio_s": "\((audio * 1000).rounded() / 1000)",
                "wall_s": "\((wall * 1000).rounded() / 1000)",
                "rtf": "\(audio > 0 ? (wall / audio * 10_000).rounded() / 10_000 : 0)",
            ])
    }
}
