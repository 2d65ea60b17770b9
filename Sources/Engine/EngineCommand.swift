import Foundation
public import SpeechRecognition

/// How an engine process is started: what `asr2clip-serve engine` is told.
public struct EngineCommand: Sendable, Equatable {
    /// The model to load.
    public var model: ModelSpecification
    /// The Unix socket to listen on.
    public var socket: String
    /// Segments decoded at once.
    public var lanes: Int
    /// The process whose end is the engine's end too.
    public var parent: Int32
    /// Where the voice activity model is; `nil` if it is not installed.
    public var detector: String?
    /// The most bytes of memory it may have for data; `nil` for what the machine or its control group has.
    public var memory: Int?

    /// Describes an engine.
    public init(
        model: ModelSpecification, socket: String, lanes: Int, parent: Int32, detector: String?, memory: Int? = nil
    ) {
        self.model = model
        self.socket = socket
        self.lanes = lanes
        self.parent = parent
        self.detector = detector
        self.memory = memory
    }

    /// The word that makes our executables an engine.
    public static let verb = "engine"

    /// The arguments that say this, for the shell of whoever debugs it too.
    func arguments() throws -> [String] {
        let model = String(decoding: try JSONEncoder().encode(model), as: UTF8.self)
        return [Self.verb, "--socket", socket, "--lanes", "\(lanes)", "--parent", "\(parent)", "--model", model]
            + (detector.map { ["--detector", $0] } ?? []) + (memory.map { ["--memory", "\($0)"] } ?? [])
    }
}
