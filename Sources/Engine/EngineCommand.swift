import Foundation
public import ModelFamilies

/// How an engine process is started: what `asr2clip-serve engine` is told.
public struct EngineCommand: Sendable, Equatable {
    /// The model to load.
    public var model: ModelSpecification
    /// The Unix socket to listen on.
    public var socket: String
    /// How it spends its threads.
    public var threads: DecodeThreads
    /// The process whose end is the engine's end too.
    public var parent: Int32
    /// Where the voice activity model is; `nil` if it is not installed.
    public var detector: String?
    /// A file with settings for ONNX Runtime.
    public var runtimeSettings: String?
    /// The most bytes of memory it may have for data; `nil` for what the machine or its control group has.
    public var memory: Int?

    /// Describes an engine.
    public init(
        model: ModelSpecification, socket: String, threads: DecodeThreads, parent: Int32, detector: String? = nil,
        runtimeSettings: String? = nil, memory: Int? = nil
    ) {
        self.model = model
        self.socket = socket
        self.threads = threads
        self.parent = parent
        self.detector = detector
        self.runtimeSettings = runtimeSettings
        self.memory = memory
    }

    /// What an engine says that ends since it may start too few threads.
    public static let lackOfThreads = "The system lets this process start too few threads"

    /// The word that makes our executables an engine.
    public static let verb = "engine"

    /// The arguments that say this, for the shell of whoever debugs it too.
    func arguments() throws -> [String] {
        let model = String(decoding: try JSONEncoder().encode(model), as: UTF8.self)
        return [
            Self.verb, "--socket", socket, "--lanes", "\(threads.lanes)", "--threads-per-lane", "\(threads.perLane)",
            "--threads-alone", "\(threads.alone)", "--parent", "\(parent)", "--model", model,
        ]
            + (detector.map { ["--detector", $0] } ?? [])
            + (runtimeSettings.map { ["--runtime-settings", $0] } ?? [])
            + (memory.map { ["--memory", "\($0)"] } ?? [])
    }
}
