import EngineLink
import NIOCore
import NIOFoundationEssentialsCompat
import SpeechTypes
import Synchronization

/// Counts the frames of an answer that have arrived but not been taken: more is read only when none is left.
final class ReadAhead: Sendable {
    private struct State {
        var untaken = 0
        var readingSince: NIODeadline?
    }

    private let state = Mutex(State())

    /// Whether all frames that arrived have been taken.
    var isEmpty: Bool { state.withLock { $0.untaken == 0 } }

    /// Since when the server waits for a frame; `nil` while there are frames to take first.
    var readingSince: NIODeadline? { state.withLock { $0.readingSince } }

    /// Starts the wait for the first frame.
    func beginReading(at now: NIODeadline) {
        state.withLock { $0.readingSince = now }
    }

    /// Counts a frame that has arrived.
    func arrived() {
        state.withLock { state in
            state.untaken += 1
            state.readingSince = nil
        }
    }

    /// Counts a frame that has been taken.
    ///
    /// - Returns: Whether to read more.
    func taken() -> Bool {
        state.withLock { state in
            state.untaken -= 1
            guard state.untaken == 0 else { return false }
            state.readingSince = .now()
            return true
        }
    }
}

/// One job's connection, closed with the value.
final class EngineLine: Sendable {
    private let channel: any Channel
    private let ahead: ReadAhead

    init(_ channel: any Channel, ahead: ReadAhead) {
        self.channel = channel
        self.ahead = ahead
    }

    deinit { hangUp() }

    /// Closes the connection, which cancels the job.
    func hangUp() {
        channel.close(promise: nil)
    }

    /// Counts a frame that has been taken; after the last one, more is read.
    func taken() {
        if ahead.taken() { channel.read() }
    }
}

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

    /// The next event.
    ///
    /// - Throws: `TranscriptionError` if the engine reports one, `EngineConnection.Failure`, `CancellationError`.
    nonisolated(nonsending) mutating func next() async throws -> TranscriptEvent {
        while true {
            if let event = events.popFirst() { return event }
            switch try await nextReply() {
            case .events(let events): self.events = events[...]
            case .failed(let error): throw error
            case .load: throw EngineConnection.Failure.garbled("an answer to another question")
            }
        }
    }

    /// The next frame's reply.
    ///
    /// - Throws: `EngineConnection.Failure`, `CancellationError`.
    nonisolated(nonsending) mutating func nextReply() async throws -> EngineReply {
        var iterator = frames.makeAsyncIterator()
        guard let frame = try await iterator.next(isolation: #isolation) else {
            try Task.checkCancellation()
            throw EngineConnection.Failure.closed("its answer has no end")
        }
        defer { line.taken() }
        do {
            return try Frame(.message, frame).message(as: EngineReply.self).bounded
        } catch {
            throw EngineConnection.Failure.garbled("a message that cannot be read: \(error)")
        }
    }
}
