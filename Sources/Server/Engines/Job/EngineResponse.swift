import EngineLink
import NIOCore
import NIOFoundationEssentialsCompat
import SpeechTypes
import Synchronization

/// What of an answer has come and has not been taken yet: more is read only when nothing is left.
final class ReadAhead: Sendable {
    private struct State {
        var untaken = 0
        var readingSince: NIODeadline?
    }

    private let state = Mutex(State())

    /// Whether all that has come has been taken.
    var isEmpty: Bool { state.withLock { $0.untaken == 0 } }

    /// Since when we wait for something to come; `nil` while there is something to be taken first.
    var readingSince: NIODeadline? { state.withLock { $0.readingSince } }

    /// Nothing has come yet.
    func beginReading(at now: NIODeadline) {
        state.withLock { $0.readingSince = now }
    }

    /// A frame has come.
    func arrived() {
        state.withLock { state in
            state.untaken += 1
            state.readingSince = nil
        }
    }

    /// A frame has been taken.
    ///
    /// - Returns: Whether more is to be read.
    func taken() -> Bool {
        state.withLock { state in
            state.untaken -= 1
            guard state.untaken == 0 else { return false }
            state.readingSince = .now()
            return true
        }
    }
}

/// One job's connection, until the value goes: that hangs up.
final class EngineLine: Sendable {
    private let channel: any Channel
    private let ahead: ReadAhead

    init(_ channel: any Channel, ahead: ReadAhead) {
        self.channel = channel
        self.ahead = ahead
    }

    deinit { hangUp() }

    /// Ends the connection, and with it the job.
    func hangUp() {
        channel.close(promise: nil)
    }

    /// A frame has been taken; the last one lets more come.
    func taken() {
        if ahead.taken() { channel.read() }
    }
}

/// The answer to a job, event by event as it comes. Letting go of it hangs up.
struct EngineResponse: Sendable {
    /// Frames as they come. `ReadAhead` sees to it that there are no more than one read brings.
    typealias Frames = AsyncThrowingStream<ByteBuffer, any Error>

    let line: EngineLine
    private let frames: Frames
    private var events: ArraySlice<TranscriptEvent> = []

    init(_ frames: Frames, over line: EngineLine) {
        self.frames = frames
        self.line = line
    }

    /// The most bytes of an answer. Tokens with their times make less than a kilobyte for a second of speech.
    static func mostBytes(for job: TranscriptionJob) -> Int {
        let seconds = min(job.maximumDuration.inSeconds, 48 * 3600)
        return (1 << 20) + Int(seconds) * (1 << 11)
    }

    /// The next event.
    ///
    /// - Throws: `TranscriptionError` if the engine says so, `EngineConnection.Failure`, `CancellationError`.
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
