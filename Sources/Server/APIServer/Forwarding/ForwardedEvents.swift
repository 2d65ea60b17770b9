import Concurrency
import NIOCore
import SpeechTypes
import TranscriptFormats
import Upstreams

/// The events of a stream, of which the text comes from another server: as its own events, or in one piece.
actor ForwardedEvents {
    private enum State {
        case unsent
        case streaming(UpstreamAnswer.EventReader)
        /// What is left of a text in one piece.
        case whole([TranscriptStreamEvent])
    }

    private let recording: ForwardedRecording
    private var state = State.unsent
    /// The server's id of the request, once it has answered.
    private(set) var requestID: String?
    /// The length of the recording, once it is known.
    private(set) var duration: Duration?

    init(_ recording: ForwardedRecording) { self.recording = recording }

    /// Begins to wait for the next event; one at a time.
    nonisolated func next() -> PendingEvent { PendingEvent { try await self.read() } }

    private func read() async throws -> TranscriptStreamEvent? {
        if case .unsent = state { state = try await begin() }
        switch state {
        case .unsent: return nil
        case .whole(let events):
            state = .whole(Array(events.dropFirst()))
            return events.first
        case .streaming(var reader):
            let event = try await reader.next(isolation: self)
            duration = reader.duration
            state = .streaming(reader)
            return switch event {
            case .relayed(let type, let json): .relayed(type: type, json: json)
            case .delta(let text): .delta(text)
            case .done(let text): .doneText(text)
            case .finished: .finished
            case .failed, nil: nil
            }
        }
    }

    private func begin() async throws -> State {
        let answer = try await recording.send(needsTranscript: false)
        requestID = answer.requestID
        if answer.isStream, answer.asked.isStreamed { return .streaming(answer.makeEvents()) }
        let body = try await answer.whole()
        let (remote, isVerbose) = await elsewhere {
            (RemoteTranscript(body.readableBytesView), answer.asked.format == .verboseJSON)
        }
        guard let remote else {
            // Plain text, where that was asked for.
            guard answer.mediaType == "text/plain" else { throw answer.noTranscript() }
            let text = String(buffer: body)
            return .whole((text.isEmpty ? [] : [.delta(text)]) + [.doneText(text), .finished])
        }
        duration = remote.duration
        let transcript = isVerbose ? remote.transcript : nil
        let text = transcript?.text ?? remote.text
        return .whole(
            (text.isEmpty ? [] : [.delta(text)]) + [
                transcript.map(TranscriptStreamEvent.done) ?? .doneText(text), .finished,
            ])
    }
}

/// The next event of a stream, while it is awaited. Releasing it ends the work for it.
final class PendingEvent: Sendable {
    private let event = OneShot<TranscriptStreamEvent?>()
    private let task: Task<Void, Never>

    /// Starts to wait. Unstructured, because a stream goes on meanwhile.
    init(_ read: @escaping @Sendable () async throws -> TranscriptStreamEvent?) {
        task = Task { [event] in
            do { event.resolve(.success(try await read())) } catch { event.resolve(.failure(error)) }
        }
    }

    deinit { task.cancel() }

    /// The event, which is `nil` after the last one; `nil` if it takes longer than the limit.
    func value(within limit: Duration) async throws -> TranscriptStreamEvent?? { try await event.value(within: limit) }
}
