import Engines
import HTTPTypes
import Hummingbird
import ModelStore
import NIOCore
import SpeechTypes
import TranscriptFormats

/// What the response of another API has instead of ours.
struct Presentation: Sendable {
    /// Headers that are added or replaced, for a recording whose file has this name.
    var headers: @Sendable (_ fileName: String) -> HTTPFields = { _ in [:] }
    /// Renders the body in a format that `ResponseFormat` does not have.
    var render: (@Sendable (Transcript) -> String)?
    /// The model that is used instead of the one that was asked for.
    var fallback: String?
    /// Its name of one of our fields.
    var name: @Sendable (String) -> String = { $0 }
    /// Its fields that had no effect, besides those that it has in common with ours.
    var ignored: [String] = []
}

/// The response with a transcript. It holds the uploaded file and the place in the queue until it ends.
struct TranscriptResponse: Sendable {
    let form: TranscriptionForm
    let transcription: RunningTranscription
    let presentation: Presentation
    /// Whether a stream reports in comments how much of the recording has been processed.
    let tellsProgress: Bool
    let context: APIContext

    private var echo: RequestEcho { RequestEcho(task: form.task ?? .transcribe, temperature: form.temperature) }

    /// The whole transcript in one response, in the requested format.
    func whole() async throws -> Response {
        var transcript = Transcript()
        var summary = RecordingSummary()
        for try await event in transcription.events {
            switch event {
            case .segment(let segment): transcript.append(segment)
            case .length, .working: break
            case .done(let known):
                summary = known
                transcription.place.finish(known.duration)
            }
        }
        transcript.duration = summary.duration
        transcript.assume(summary.language)
        note(summary)
        var headers = headers(contentType: form.format.contentType, unusedHints: summary.unusedHints)
        if summary.damagedPackets > 0 { headers[.damagedPackets] = "\(summary.damagedPackets)" }
        if form.format == .verboseJSON, form.timestamps.contains(.word),
            !transcript.segments.allSatisfy(\.hasTokenTimes)
        {
            headers[.estimated] = "words"
        }
        for field in presentation.headers(form.fileName) { headers[field.name] = field.value }
        let body = await rendered(transcript)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    /// A long transcript is rendered on another thread, because all other connections share this event loop.
    private func rendered(_ transcript: Transcript) async -> String {
        let elsewhere = transcript.segments.count > Self.mostRenderedHere ? globalConcurrentExecutor : nil
        return await withTaskExecutorPreference(elsewhere) {
            presentation.render?(transcript)
                ?? form.format.render(
                    transcript, echoing: echo, timestamps: form.timestamps, including: form.inclusions)
        }
    }

    /// In segments: some minutes of speech.
    private static let mostRenderedHere = 20

    /// The transcript as a stream. An error before the first event becomes an ordinary error response.
    func streamed() async throws -> Response {
        var iterator = transcription.events.makeAsyncIterator()
        let first = try await iterator.next()
        var headers = headers(contentType: TranscriptStreamEvent.contentType)
        headers[.cacheControl] = "no-cache"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                do {
                    try await write(first: first, to: &writer)
                } catch let error where context.channel.isActive {
                    let answer = context.record.answer(to: error)
                    try await writer.write(
                        ByteBuffer(string: TranscriptStreamEvent.error(answer.body).text(for: form.format)))
                }
                try await writer.finish(nil)
            })
    }

    private func write(first: TranscriptEvent?, to writer: inout any ResponseBodyWriter) async throws {
        var transcript = Transcript()
        var summary = RecordingSummary()
        var lastWrite = ContinuousClock.now
        func send(_ event: TranscriptStreamEvent) async throws {
            try await writer.write(ByteBuffer(string: event.text(for: form.format, echoing: echo)))
            lastWrite = .now
        }
        var iterator = transcription.events.makeAsyncIterator()
        var next = first
        while let event = next {
            switch event {
            case .segment(let segment):
                let delta = transcript.append(segment)
                if !delta.isEmpty { try await send(.delta(delta)) }
                if tellsProgress { try await send(.heard(segment.end)) }
            case .length: break
            case .working:
                try context.checkClient()
                if lastWrite.duration(to: .now) >= Self.keepAliveInterval { try await send(.keepAlive) }
            case .done(let known):
                summary = known
                transcription.place.finish(known.duration)
                transcript.duration = summary.duration
                transcript.assume(summary.language)
                try await send(.done(transcript))
                try await send(.finished)
            }
            next = try await iterator.next()
        }
        note(summary)
    }

    /// How long a stream may be silent; proxies commonly close after 30 to 60 s.
    private static let keepAliveInterval = Duration.seconds(15)

    /// In a stream, the headers are sent before the engine has reported which hints it could not use.
    private func headers(contentType: String, unusedHints: [Hints.Field] = []) -> HTTPFields {
        var headers: HTTPFields = [.contentType: contentType]
        let ours = form.options.ignoredFields(with: transcription.entry.specification, unusedHints: unusedHints)
        let ignored = ours.map(presentation.name) + presentation.ignored
        if !ignored.isEmpty { headers[.ignoredFields] = ignored.joined(separator: ", ") }
        if let name = presentation.fallback { headers[.fallback] = name }
        return headers
    }

    private func note(_ summary: RecordingSummary) { transcription.note(summary, in: context) }
}
