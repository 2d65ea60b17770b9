public import Essentials
public import SpeechTypes

/// What one engine is doing, for people who ask what is loaded.
public struct EngineReport: Sendable {
    /// The name of its model.
    public let model: String
    /// Where it is in its life.
    public let status: EngineStatus
    /// Its process id; `nil` while it has none.
    public let process: Int32?
    /// The bytes of memory it has; `nil` while it has no process.
    public let memory: Int?
    /// The requests it was given that have not ended.
    public let requests: Int
    /// The requests whose clients left before their answer, since the engine was first wanted.
    public let abandoned: Int
    /// Since when it has had none: since its last request, else since it was loaded. `nil` while it has any.
    public let idleSince: Date?
    /// Whether it ends with its last request: its model changed or went.
    public let isEnding: Bool
    /// When it ends if no request comes; `nil` while it has one, and if it stays.
    public internal(set) var expires: Date?
    /// What its decode lanes are doing; `nil` if it was not asked, or did not answer in time.
    public internal(set) var lanes: LaneLoad?
}
