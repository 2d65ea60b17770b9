import Essentials
import TranscriptFormats

/// An event of a server's stream, as it is sent on.
package enum UpstreamEvent: Sendable, Equatable {
    /// An event of OpenAI's API, as it came: its type, and its JSON in one line.
    case relayed(type: String, json: String)
    /// A piece of the text, of another dialect.
    case delta(String)
    /// The whole text, of another dialect.
    case done(String)
    /// The stream is complete.
    case finished
    /// The stream ends here, with an error; the reason may be missing.
    case failed(String?)
}

/// Translates the events of a server's stream into ours. Does no I/O. OpenAI's events are passed on as they are. Of vLLM's
/// `transcription.chunk` objects, OpenAI's events are made.
struct StreamTranslation {
    /// The text that chunks had so far.
    private var text = ""
    private var hasChunks = false
    private var hasDone = false
    /// The length of the recording, as the server tells it.
    private(set) var duration: Duration?
    private(set) var hasEnded = false

    /// Receives the data of an event.
    mutating func receive(_ data: String) -> [UpstreamEvent] {
        guard !hasEnded else { return [] }
        if data == "[DONE]" { return end(isMarked: true) }
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(data.utf8)), json.isObject else {
            return fail("It sent an event that is no JSON.")
        }
        if let error = json["error"], !error.isNull { return fail(ServerReason.find(in: json)) }
        switch json["type"]?.string ?? json["object"]?.string {
        case "error": return fail(ServerReason.find(in: json))
        case "transcript.text.delta":
            return [.relayed(type: "transcript.text.delta", json: data.onOneLine)]
        case "transcript.text.done":
            guard json["text"]?.string != nil else { return fail("Its last event has no text.") }
            hasDone = true
            duration = json.duration
            return [.relayed(type: "transcript.text.done", json: data.onOneLine)]
        case let type? where type.hasPrefix("transcript."):
            // A type becomes a line of its own.
            guard type.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return [] }
            return [.relayed(type: type, json: data.onOneLine)]
        case "transcription.chunk", "translation.chunk": return receive(chunk: json)
        default: return []
        }
    }

    private mutating func receive(chunk: JSONValue) -> [UpstreamEvent] {
        hasChunks = true
        // The last chunk may have no choice, but the usage.
        guard let choice = chunk["choices"]?.array?.first else { return [] }
        guard let delta = choice["delta"]?["content"]?.string, !delta.isEmpty else { return [] }
        text += delta
        return [.delta(delta)]
    }

    /// The server has closed the connection.
    mutating func end() -> [UpstreamEvent] { hasEnded ? [] : end(isMarked: false) }

    private mutating func end(isMarked: Bool) -> [UpstreamEvent] {
        // A `finish_reason` is no end: vLLM sends one for each piece of a long recording, and always `[DONE]` at last.
        if hasDone || hasChunks && isMarked {
            hasEnded = true
            return (hasDone ? [] : [.done(text)]) + [.finished]
        }
        return fail(isMarked ? "It ended the stream without a text." : "It broke off in the middle of its answer.")
    }

    private mutating func fail(_ reason: String?) -> [UpstreamEvent] {
        hasEnded = true
        return [.failed(reason)]
    }
}

extension JSONValue {
    /// The length of the recording in a transcript.
    var duration: Duration? {
        let seconds = self["duration"]?.double ?? self["usage"]?["seconds"]?.double
        // Some servers write it as text.
        guard let seconds = seconds ?? self["duration"]?.string.flatMap(Double.init), seconds.isFinite, seconds >= 0
        else {
            return nil
        }
        return .seconds(clamped: seconds)
    }
}

extension String {
    /// JSON text whose line ends, which only separate its parts, are spaces.
    fileprivate var onOneLine: String { contains { $0.isNewline } ? String(map { $0.isNewline ? " " : $0 }) : self }
}
