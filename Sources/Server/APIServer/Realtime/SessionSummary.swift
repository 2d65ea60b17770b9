import Essentials
import TranscriptFormats

/// What is known about a live session.
struct SessionSummary: Sendable {
    let id: String
    /// The name of the model in use.
    var model: String
    let start = Date()
    /// The audio received.
    var audio = Duration.zero
    /// The turns committed.
    var turns = 0
    /// Why it ended; `nil` while it runs.
    var ending: RealtimeSession.Ending?
}

extension SessionSummary {
    /// The session as `GET /v1/ps` shows it.
    var json: JSONValue {
        [
            "id": .string(id), "model": .string(model), "started_at": .integer(Int(start.timeIntervalSince1970)),
            "audio_seconds": .number((audio.inSeconds * 10).rounded() / 10), "turns": .integer(turns),
        ]
    }
}
