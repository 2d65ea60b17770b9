public import Essentials
public import SpeechTypes

/// The state of one engine, for `GET /v1/ps` and the metrics.
public struct EngineReport: Sendable {
    /// The name of the engine's model.
    public let model: String
    /// The engine's status.
    public let status: EngineStatus
    /// The engine's process id; `nil` while it has no process.
    public let process: Int32?
    /// The engine's resident memory in bytes; `nil` while it has no process.
    public let memory: Int?
    /// The requests that the engine was given and that have not ended.
    public let requests: Int
    /// The requests whose clients left before the answer, since the engine's first use.
    public let abandoned: Int
    /// When the engine became idle: at its last request's end, or when loaded if later. `nil` while it has requests.
    public let idleSince: Date?
    /// Whether the engine ends with its last request, because its model was changed or removed.
    public let isEnding: Bool
    /// When the engine ends if no request comes; `nil` while it has requests, loads or ends, and if it stays loaded.
    public internal(set) var expires: Date?
    /// The state of its decode lanes; `nil` if the engine was not asked, or did not answer in time.
    public internal(set) var lanes: LaneLoad?
}
