public import ModelFamilies
public import SpeechTypes

/// The job of an `asr2clip-engine` process: the first frame on its standard input.
public struct EngineOrder: Codable, Sendable, Equatable {
    /// The one job of the process.
    public enum Job: Codable, Sendable, Equatable {
        /// Recognises with one model. Each descriptor passed is a connection for one job (`EngineRequest`).
        case recognise(RecogniseOrder)
        /// Listens to a microphone, and sends the audio over the first descriptor passed.
        case listen(ListenOrder)
        /// Lists the input devices (`DevicesReply`), over the first descriptor passed.
        case devices
        /// Reads the length of the recording at this path from its header (`LengthReply`); replies over the first
        /// descriptor passed.
        case measure(path: String)
        /// Unpacks an archive: sends the entries over the first descriptor passed, and reads the archive from the
        /// second.
        case unpack
    }

    /// The version of the program that sends the order. An engine of another version refuses it.
    public var version: String
    /// The parent process. The engine ends when it ends.
    public var parent: Int32
    /// The job.
    public var job: Job

    /// Makes an order of this version.
    public init(parent: Int32, job: Job) {
        version = Version.text
        self.parent = parent
        self.job = job
    }

    /// The arguments of the process: labels for process lists, which the engine does not read.
    public var label: [String] {
        switch job {
        case .recognise(let order): ["recognise", order.model.name]
        case .listen: ["listen"]
        case .devices: ["devices"]
        case .measure: ["measure"]
        case .unpack: ["unpack"]
        }
    }

    /// The most bytes of an order: it fits into the buffer of a new socket, so sending it does not wait for the new
    /// process.
    public static let mostBytes = 1 << 16
}

/// How an engine recognises speech.
public struct RecogniseOrder: Codable, Sendable, Equatable {
    /// The model to load.
    public var model: ModelSpecification
    /// How the engine uses its threads.
    public var threads: DecodeThreads
    /// The path of the voice activity model; `nil` if it is not installed.
    public var detector: String?
    /// A file with settings for ONNX Runtime.
    public var runtimeSettings: String?
    /// The most bytes of data the process may allocate; `nil` for what the machine or its control group has.
    public var memory: Int?
    /// How long a decode may take.
    public var decodePatience: DecodePatience

    /// Makes the order of a recognition engine.
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

/// How a model's engine uses its threads.
public struct DecodeThreads: Codable, Sendable, Equatable {
    /// Segments decoded at the same time.
    public var lanes: Int
    /// Threads in one decode.
    public var perLane: Int
    /// Threads in a decode while no other runs; more than `perLane` need a second copy of the model.
    public var alone: Int

    /// Makes the settings; `alone` is at least `perLane`.
    public init(lanes: Int, perLane: Int = 1, alone: Int = 1) {
        self.lanes = lanes
        self.perLane = perLane
        self.alone = max(alone, perLane)
    }
}

/// The engine's reply to `measure`.
public struct LengthReply: Codable, Sendable, Equatable {
    /// The length that the header states; `nil` if it states none, or if the file is no recording.
    public var length: Duration?

    /// Makes a reply.
    public init(length: Duration?) {
        self.length = length
    }
}
