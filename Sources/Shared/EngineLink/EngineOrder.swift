public import ModelFamilies
public import SpeechTypes

/// What a process of `asr2clip-engine` is for: the first frame on its standard input.
public struct EngineOrder: Codable, Sendable, Equatable {
    /// The one thing that it does.
    public enum Job: Codable, Sendable, Equatable {
        /// Recognises with one model. Each descriptor that is passed is a connection for one job (`EngineRequest`).
        case recognise(RecogniseOrder)
        /// Listens to a microphone; the first descriptor that is passed is where the sound goes.
        case listen(ListenOrder)
        /// Tells which devices there are to listen to (`DevicesReply`), over the first descriptor that is passed.
        case devices
        /// Tells how long the recording at this path is by its header (`LengthReply`), over the first descriptor that is passed.
        case measure(path: String)
        /// Unpacks an archive: the first descriptor that is passed is where the entries go, the second is the archive.
        case unpack
    }

    /// The version of whoever gives the order. An engine of another one refuses it.
    public var version: String
    /// The process whose end is the engine's end too.
    public var parent: Int32
    /// What it is for.
    public var job: Job

    /// An order of this version.
    public init(parent: Int32, job: Job) {
        version = Version.text
        self.parent = parent
        self.job = job
    }

    /// What the process is called with, for people who look at a list of processes. Nobody reads it else.
    public var label: [String] {
        switch job {
        case .recognise(let order): ["recognise", order.model.name]
        case .listen: ["listen"]
        case .devices: ["devices"]
        case .measure: ["measure"]
        case .unpack: ["unpack"]
        }
    }

    /// The most bytes that an order has: as much as waits on a new socket for a process that has just been started.
    public static let mostBytes = 1 << 16
}

/// How an engine recognises.
public struct RecogniseOrder: Codable, Sendable, Equatable {
    /// The model to load.
    public var model: ModelSpecification
    /// How it spends its threads.
    public var threads: DecodeThreads
    /// Where the voice activity model is; `nil` if it is not installed.
    public var detector: String?
    /// A file with settings for ONNX Runtime.
    public var runtimeSettings: String?
    /// The most bytes of memory it may have for data; `nil` for what the machine or its control group has.
    public var memory: Int?
    /// How long a decode may take.
    public var decodePatience: DecodePatience

    /// Describes an engine.
    public init(
        model: ModelSpecification, threads: DecodeThreads, detector: String? = nil, runtimeSettings: String? = nil,
        memory: Int? = nil, decodePatience: DecodePatience = .standard
    ) {
        self.model = model
        self.threads = threads
        self.detector = detector
        self.runtimeSettings = runtimeSettings
        self.memory = memory
        self.decodePatience = decodePatience
    }
}

/// How a model's engine spends the threads it was given.
public struct DecodeThreads: Codable, Sendable, Equatable {
    /// Segments decoded at once.
    public var lanes: Int
    /// Threads inside one decode.
    public var perLane: Int
    /// Threads inside a decode that has the machine to itself; more than `perLane` take a second copy of the model.
    public var alone: Int

    /// Says how.
    public init(lanes: Int, perLane: Int = 1, alone: Int = 1) {
        self.lanes = lanes
        self.perLane = perLane
        self.alone = max(alone, perLane)
    }
}

/// What an engine answers that was asked how long a recording is.
public struct LengthReply: Codable, Sendable, Equatable {
    /// Its length by its header; `nil` if that does not tell, or if the file is no recording.
    public var length: Duration?

    /// An answer.
    public init(length: Duration?) {
        self.length = length
    }
}
