import EngineLink
import NIOCore
import NIOFoundationEssentialsCompat
import SpeechTypes

/// The answer to a job, event by event as it arrives. Releasing it closes the connection.
struct EngineResponse: Sendable {
    /// Frames as they arrive. `ReadAhead` limits the buffer to the frames of one read.
    typealias Frames = AsyncThrowingStream<ByteBuffer, any Error>

    let line: EngineLine
    private let frames: Frames
    private var events: ArraySlice<TranscriptEvent> = []

    init(_ frames: Frames, over line: EngineLine) {
        self.frames = frames
        self.line = line
    }

    /// The most bytes of an answer. Tokens with their times take less than a kilobyte per second of speech.
    static func mostBytes(for job: TranscriptionJob) -> Int {
        let seconds = min(job.maximumDuration.inSeconds, 48 * 3600)
        return (1 << 20) + Int(seconds) * (1 << 11)
    }

    /// The next event; throws the `TranscriptionError` that the engine reports, or an `EngineConnectionFailure`.
    nonisolated(nonsending) mutating func next() async throws -> TranscriptEvent {
        while true {
            if let event = events.popFirst() { return event }
            switch try await nextReply() {
            case .events(let events): self.events = events[...]
            case .failed(let error): throw error
            case .load, .live: throw EngineConnectionFailure.garbled("an answer to another question")
            }
        }
    }

    nonisolated(nonsending) mutating func nextReply() async throws -> EngineReply {
        var iterator = frames.makeAsyncIterator()
        guard let frame = try await iterator.next(isolation: #isolation) else {
            try Task.checkCancellation()
            throw EngineConnectionFailure.closed("its answer has no end")
        }
        defer { line.taken() }
        do {
            return try Frame(.message, frame).message(as: EngineReply.self).bounded
        } catch {
            throw EngineConnectionFailure.garbled("a message that cannot be read: \(error)")
        }
    }
}
