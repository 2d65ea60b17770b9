package import ModelFamilies
package import SpeechTypes

/// The job of an `asr2clip-engine` process: the first frame on its standard input.
package struct EngineOrder: Codable, Sendable, Equatable {
    /// The one job of the process.
    package enum Job: Codable, Sendable, Equatable {
        /// Recognises with one model. Each descriptor passed is a connection for one job (`EngineRequest`).
        case recognise(RecogniseOrder)
        /// Listens to a microphone, and sends the audio over the first descriptor passed.
        case listen(ListenOrder)
        /// Lists the input devices (`DevicesReply`), over the first descriptor passed.
        case devices
        /// Reads the length of the recording at this path from its header; replies over the first descriptor passed.
        /// The reply is a `Duration?`: `nil` if the header states none, or if the file is no recording.
        case measure(path: String)
        /// Unpacks an archive: sends the entries over the first descriptor passed, and reads the archive from the
        /// second.
        case unpack
    }

    /// The version of the program that sends the order. An engine of another version refuses it.
    package var version = Version.text
    /// The parent process. The engine ends when it ends.
    package var parent: Int32
    package var job: Job

    package init(parent: Int32, job: Job) {
        self.parent = parent
        self.job = job
    }

    /// The arguments of the process: labels for process lists, which the engine does not read.
    package var label: [String] {
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
    package static let mostBytes = 1 << 16
}

/// How an engine recognises speech.
package struct RecogniseOrder: Codable, Sendable, Equatable {
    package var model: ModelSpecification
    package var threads: DecodeThreads
    /// The path of the voice activity model; `nil` if it is not installed.
    package var detector: String?
    /// A file with settings for ONNX Runtime.
    package var runtimeSettings: String?
    /// The most bytes of data the process may allocate; `nil` for what the machine or its control group has.
    package var memory: Int?
    /// How long a decode may take.
    package var decodePatience: DecodePatience

    package init(
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
package struct DecodeThreads: Codable, Sendable, Equatable {
    /// Segments decoded at the same time.
    package var lanes: Int
    /// Threads in one decode.
    package var perLane: Int
    /// Threads in a decode while no other runs; more than `perLane` need a second copy of the model.
    package var alone: Int

    package init(lanes: Int, perLane: Int = 1, alone: Int = 1) {
        self.lanes = lanes
        self.perLane = perLane
        self.alone = max(alone, perLane)
    }
}
