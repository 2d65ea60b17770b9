import Concurrency
import Engines
import Hummingbird
import ModelStore
import SpeechTypes
import TranscriptFormats
import Upstreams

/// A recording whose model is on other servers, with its place in the queue. Held until the response has been sent.
struct ForwardedRecording: Sendable {
    let form: TranscriptionForm
    let entry: UpstreamEntry
    let model: UpstreamModel
    let place: Admission.Place
    let context: APIContext

    /// Sends the recording, and waits for the head of the answer.
    ///
    /// - Parameter needsTranscript: Whether the answer is rendered here.
    /// - Returns: The answer, whose body is still on its way.
    /// - Throws: `UpstreamError`, or `CancellationError`.
    func send(needsTranscript: Bool) async throws -> UpstreamAnswer {
        let answer = try await model.send(
            UpstreamRequest(
                task: form.task ?? .transcribe,
                recording: UploadedRecording(
                    path: form.file.path, name: form.fileName, size: form.fileSize, isRawPCM: form.isRawPCM),
                format: form.format, isStreamed: form.isStreamed, needsTranscript: needsTranscript,
                timestamps: form.timestamps, fields: form.options.forwardedFields, requestID: context.requestID,
                hops: context.hops))
        context.record.note(
            \.upstream,
            RequestFindings.Upstream(
                model: entry.name, address: answer.server.address, requestID: answer.requestID))
        return answer
    }

    /// The whole transcript, whatever format the form asks for.
    func transcript() async throws -> RemoteTranscript {
        let answer = try await send(needsTranscript: true)
        let body = try await answer.whole()
        guard let remote = await elsewhere({ RemoteTranscript(body.readableBytesView) }) else {
            throw answer.noTranscript()
        }
        note(remote.duration, language: remote.language)
        return remote
    }

    /// Notes how much sound was transcribed, if the server has said so.
    func note(_ duration: Duration?, language: Language? = nil) {
        place.finish(duration)
        guard let duration else { return }
        context.record.note(
            \.recording,
            RequestFindings.Recording(
                model: entry.name, summary: RecordingSummary(duration: duration, language: language),
                wall: context.elapsed))
    }
}

extension AudioEndpoints {
    /// Admits a form whose model is on other servers.
    func forward(
        _ form: TranscriptionForm, to entry: UpstreamEntry, context: APIContext
    ) throws -> ForwardedRecording {
        try catalog.check(form.language, form.candidates, of: entry)
        let place = try catalog.admission.enter(entry.name, bytes: form.fileSize, form.recordingFormat)
        place.note(.started)
        return ForwardedRecording(
            form: form, entry: entry, model: catalog.upstreams.model(of: entry), place: place, context: context)
    }

    /// Responds with the answer of another server, or of the model that takes its place.
    func forwarded(
        _ form: TranscriptionForm, to entry: UpstreamEntry, as presentation: Presentation, tellsProgress: Bool,
        context: APIContext
    ) async throws -> Response {
        @Sendable func substituted(_ error: UpstreamError) async throws -> Response {
            guard let substitute = await substitute(for: entry, needing: form.options.needs) else { throw error }
            context.log.warning(
                "A model of this machine takes the place of one on other servers.",
                metadata: ["model": "\(entry.name)", "fallback": "\(substitute.name)", "reason": "\(error.message)"])
            var presentation = presentation
            presentation.fallback = substitute.name
            return try await transcribed(
                form, with: substitute, as: presentation, tellsProgress: tellsProgress, context: context)
        }
        do {
            let response = ForwardedResponse(
                recording: try forward(form, to: entry, context: context), presentation: presentation)
            return try await form.isStreamed ? response.streamed(orElse: substituted) : response.whole()
        } catch let error as UpstreamError where error.callsForFallback {
            return try await substituted(error)
        }
    }

    /// The model of this machine that an entry names for when its servers are down, if it has what a request needs.
    func substitute(for entry: UpstreamEntry, needing needs: [RequiredCapability]) async -> ModelEntry? {
        guard let name = entry.fallback, let substitute = await catalog.registry.entry(named: name),
            (try? await catalog.check(needs, of: substitute)) != nil
        else { return nil }
        return substitute
    }
}

extension TranscriptionOptions {
    /// The fields that are sent on: those that were sent to us, as we understood them.
    fileprivate var forwardedFields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        if let language { fields.append(("language", language.code)) }
        fields += candidates.map { ("languages[]", $0.code) }
        if !hints.prompt.isEmpty { fields.append(("prompt", hints.prompt)) }
        fields += hints.keywords.map { ("keywords[]", $0) }
        if temperature != 0 { fields.append(("temperature", "\(temperature)")) }
        fields += inclusions.map { ("include[]", $0.rawValue) }
        if let chunking { fields.append(("chunking_strategy", chunking.json.text)) }
        return fields
    }

    /// The fields that have no effect, because they are not sent on.
    var unforwardedFields: [String] { ignored.filter { $0 != "temperature" } }
}

extension ChunkingStrategy {
    /// The strategy as OpenAI's API has it.
    fileprivate var json: JSONValue {
        [
            "type": "server_vad", "threshold": .number(threshold),
            "prefix_padding_ms": .number(prefixPadding / .milliseconds(1)),
            "silence_duration_ms": .number(silence / .milliseconds(1)),
        ]
    }
}
