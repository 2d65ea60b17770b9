import Basics
import Foundation
import NIOCore
import NIOFoundationCompat
import SpeechTypes
import Synchronization

/// The answer to a job, line by line as it comes. Who lets go of it before the last line hangs up.
struct EngineAnswer: Sendable {
    /// The body in pieces. A recording makes some hundred bytes of events for each second of sound;
    /// `EngineExchange.largestAnswer` bounds them all.
    typealias Pieces = AsyncThrowingStream<ByteBuffer, any Error>

    /// Hangs up when the last reference goes, unless all has been heard.
    private final class Line: Sendable {
        let isComplete = Atomic(false)
        private let channel: any Channel
        private let request: SerialNumber

        init(to request: SerialNumber, on channel: any Channel) {
            self.request = request
            self.channel = channel
        }

        deinit {
            if !isComplete.load(ordering: .relaxed) { hangUp() }
        }

        func hangUp() {
            channel.triggerUserOutboundEvent(EngineExchange.HangUp(number: request), promise: nil)
        }
    }

    private let line: Line
    private let pieces: Pieces
    private var pending = ByteBuffer()

    init(_ pieces: Pieces, to request: SerialNumber, on channel: any Channel) {
        self.pieces = pieces
        line = Line(to: request, on: channel)
    }

    /// The next event.
    ///
    /// - Throws: `TranscriptionError` if the engine says so, `EngineConnection.Failure`, `CancellationError`.
    nonisolated(nonsending) mutating func next() async throws -> TranscriptEvent {
        while true {
            if let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let bytes = pending.readSlice(length: end - pending.readerIndex) ?? ByteBuffer()
                pending.moveReaderIndex(forwardBy: 1)
                pending.discardReadBytes()
                let wire = try JSONDecoder().decode(WireLine.self, from: bytes)
                // The engine sends nothing more, and its connection is for the next job.
                if wire.isLast { line.isComplete.store(true, ordering: .relaxed) }
                return try wire.event()
            }
            var iterator = pieces.makeAsyncIterator()
            guard var more = try await iterator.next(isolation: #isolation) else {
                try Task.checkCancellation()
                throw EngineConnection.Failure.closed("its answer has no end")
            }
            pending.writeBuffer(&more)
        }
    }

    /// The whole body.
    ///
    /// - Throws: `EngineConnection.Failure`.
    func collect() async throws -> ByteBuffer {
        var body = ByteBuffer()
        for try await var piece in pieces { body.writeBuffer(&piece) }
        try Task.checkCancellation()
        line.isComplete.store(true, ordering: .relaxed)
        return body
    }

    /// Ends the answer, and the connection with it, if it has not ended yet.
    func hangUp() {
        line.hangUp()
    }
}
