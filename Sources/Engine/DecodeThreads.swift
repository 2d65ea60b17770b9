import SpeechRecognition

/// How a model's engine spends the threads it was given.
public struct DecodeThreads: Sendable, Equatable {
    /// Segments decoded at once.
    public var lanes: Int
    /// Threads inside one decode.
    public var perLane: Int

    /// Says how.
    public init(lanes: Int, perLane: Int = 1) {
        self.lanes = lanes
        self.perLane = perLane
    }
}

extension DecodeThreads {
    /// What makes most of a number of threads for a model, which may want fewer by its own `num_threads`.
    ///
    /// Lanes of one thread: two of them take a fifth to a half less computing than one decode on two threads, in every
    /// family that was measured (Benchmarks/lanes.py). A family that decodes one segment at a time
    /// has one lane, with all threads.
    init(for model: ModelSpecification, of server: Int) {
        let threads = max(1, min(model.options.numThreads ?? server, server))
        switch model.family.concurrency {
        case .any: self.init(lanes: threads)
        case .one: self.init(lanes: 1, perLane: threads)
        }
    }
}
