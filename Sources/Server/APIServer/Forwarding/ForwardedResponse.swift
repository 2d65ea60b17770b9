import Concurrency
import Essentials
import HTTPTypes
import Hummingbird
import NIOCore
import SpeechTypes
import TranscriptFormats
import Upstreams

/// The response with another server's transcript.
struct ForwardedResponse: Sendable {
    let recording: ForwardedRecording
    let presentation: Presentation

    private var form: TranscriptionForm { recording.form }
    private var context: APIContext { recording.context }

    /// The whole answer: as it came, or rendered from the server's `verbose_json`.
    func whole() async throws -> Response {
        let answer = try await recording.send(needsTranscript: presentation.render != nil)
        let body = try await answer.whole()
        var headers = headers(contentType: form.format.contentType)
        if let id = answer.requestID { headers[.upstreamRequestID] = id }
        for field in presentation.headers(form.fileName) { headers[field.name] = field.value }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: try await rendered(body, of: answer)))
    }

    private func rendered(_ body: ByteBuffer, of answer: UpstreamAnswer) async throws -> ByteBuffer {
        guard answer.mediaType == "application/json" else {
            recording.note(nil)
            return body
        }
        // Not on this thread: the answer may be long.
        let (remote, text) = await elsewhere { [form, presentation] in
            let remote = RemoteTranscript(body.readableBytesView)
            guard answer.asked.format != form.format || presentation.render != nil || form.format == .text else {
                return (remote, nil as String?)
            }
            return (remote, remote.map { render($0, form, presentation) })
        }
        guard let remote else { throw answer.noTranscript() }
        recording.note(remote.duration, language: remote.language)
        return text.map(ByteBuffer.init(string:)) ?? body
    }

    private func headers(contentType: String) -> HTTPFields {
        var headers: HTTPFields = [.contentType: contentType]
        let ignored = form.options.unforwardedFields.map(presentation.name) + presentation.ignored
        if !ignored.isEmpty { headers[.ignoredFields] = ignored.joined(separator: ", ") }
        return headers
    }
}

/// Renders a server's JSON in a format of ours, or of another API.
private func render(_ remote: RemoteTranscript, _ form: TranscriptionForm, _ presentation: Presentation) -> String {
    if let render = presentation.render { return render(remote.transcript) }
    guard form.format != .text else { return remote.text }
    return form.format.render(
        remote.transcript, echoing: RequestEcho(task: form.task ?? .transcribe, temperature: form.temperature),
        timestamps: form.timestamps, including: form.inclusions)
}

extension ForwardedResponse {
    /// The text as a stream. An error before the server's answer becomes an ordinary error response, if it comes soon.
    /// Later, `substitute` makes the rest of the stream if a model of this machine can answer instead.
    func streamed(
        orElse substitute: @escaping @Sendable (UpstreamError) async throws -> Response
    ) async throws -> Response {
        let events = ForwardedEvents(recording)
        let first = events.next()
        guard try await first.value(within: Self.patience) != nil else {
            return streamed(events, first: first, requestID: nil, orElse: substitute)
        }
        return streamed(events, first: first, requestID: await events.requestID, orElse: substitute)
    }

    /// How long a stream waits for the server's answer before it begins.
    private static let patience = Duration.seconds(25)

    private func streamed(
        _ events: ForwardedEvents, first: PendingEvent, requestID: String?,
        orElse substitute: @escaping @Sendable (UpstreamError) async throws -> Response
    ) -> Response {
        var headers = headers(contentType: TranscriptStreamEvent.contentType)
        headers[.cacheControl] = "no-cache"
        if let requestID { headers[.upstreamRequestID] = requestID }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                do {
                    do {
                        try await write(events, first: first, to: &writer)
                    } catch let error as UpstreamError where error.callsForFallback {
                        return try await substitute(error).body.write(writer)
                    }
                } catch let error where context.channel.isActive {
                    let answer = context.record.answer(to: error)
                    try await writer.write(
                        ByteBuffer(string: TranscriptStreamEvent.error(answer.body).text(for: form.format)))
                }
                try await writer.finish(nil)
            })
    }

    private func write(
        _ events: ForwardedEvents, first: PendingEvent, to writer: inout any ResponseBodyWriter
    ) async throws {
        var lastWrite = ContinuousClock.now
        func send(_ event: TranscriptStreamEvent) async throws {
            try await writer.write(ByteBuffer(string: event.text(for: form.format)))
            lastWrite = .now
        }
        var pending = first
        while true {
            guard let event = try await pending.value(within: .seconds(1)) else {
                try context.checkClient()
                if lastWrite.duration(to: .now) >= Self.keepAliveInterval { try await send(.keepAlive) }
                continue
            }
            guard let event else { return }
            if case .finished = event { recording.note(await events.duration) }
            try await send(event)
            pending = events.next()
        }
    }

    /// How long a stream may be silent; proxies commonly close after 30 to 60 s.
    private static let keepAliveInterval = Duration.seconds(15)
}

extension HTTPField.Name {
    /// The id that another server gave to the request.
    static let upstreamRequestID = Self.fixed("x-asr-upstream-request-id")
    /// The model of this machine that was used, because the servers of the one that was asked for are down.
    static let fallback = Self.fixed("x-asr-fallback")
}
