import Concurrency
import EngineLink
import Essentials

/// Receives the descriptors that the parent passes. When the parent closes the socket or ends, this ends the engine.
struct Door: Sendable {
    /// In the order of passing. The receiver owns them.
    let descriptors: AsyncStream<CInt>

    /// Starts to receive, on a thread of its own.
    init(_ socket: LinkSocket) {
        let (descriptors, arrival) = AsyncStream.makeStream(of: CInt.self)
        self.descriptors = descriptors
        let began = SystemThread.start {
            while let descriptor = socket.takeDescriptor() { arrival.yield(descriptor) }
            _exit(EXIT_SUCCESS)
        }
        if !began { exit(EXIT_FAILURE) }
    }

    /// Waits for the first descriptor, which is the job's connection.
    func connection() async -> LinkSocket {
        for await descriptor in descriptors { return LinkSocket(owning: descriptor) }
        _exit(EXIT_SUCCESS)
    }
}
