import Essentials
package import NIOCore
package import NIOWebSocket

/// The messages of a server on a WebSocket, one after the other. Answers its pings.
package struct WebSocketMessages {
    /// Why no message comes.
    package enum End: Error {
        /// The server sends more than a live session needs.
        case flood
        /// It violates RFC 6455.
        case violation
        /// It sends messages that are no text.
        case notText
        /// It closed the WebSocket, with the content of the close frame.
        case closed(ByteBuffer)
        /// The connection ended without a close frame.
        case hungUp
        /// It does not answer pings any more.
        case silent
        case unreadable(any Error)
    }

    private var frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
    private let writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private var allowance = ReadAllowance(since: .now)

    package init(
        _ frames: NIOAsyncChannelInboundStream<WebSocketFrame>,
        answeringBy writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) {
        self.frames = frames.makeAsyncIterator()
        self.writer = writer
    }

    /// The next message.
    ///
    /// - Throws: `End`; `CancellationError`; or the error of a ping that cannot be answered.
    package mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> ByteBuffer {
        while let frame = try await nextFrame() {
            guard allowance.admits(frame.length, isControl: frame.opcode.isControlOpcode, at: .now) else {
                throw End.flood
            }
            guard frame.maskKey == nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { throw End.violation }
            switch frame.opcode {
            case .text: return frame.data
            case .ping: try await writer.write(WebSocketClient.frame(.pong, frame.data))
            case .pong: break
            case .connectionClose: throw End.closed(frame.data)
            default: throw End.notText
            }
        }
        throw End.hungUp
    }

    private mutating func nextFrame(
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> WebSocketFrame? {
        do {
            return try await frames.next(isolation: isolation)
        } catch let error as CancellationError {
            throw error
        } catch WebSocketClient.Failure.silent {
            throw End.silent
        } catch {
            throw End.unreadable(error)
        }
    }
}

/// How much a server may send in a live session: far more than its texts take, but not without end. Does no I/O.
package struct ReadAllowance {
    /// In bytes.
    private static let atOnce = 4 << 20
    private static let perSecond = 64 << 10
    /// What a frame counts beside its content. Each ping and pong takes more: servers send few.
    private static let frame = 64
    private static let controlFrame = 4 << 10

    private let start: ContinuousClock.Instant
    private var count = 0

    package init(since start: ContinuousClock.Instant) { self.start = start }

    /// Counts a frame of this many bytes; returns whether it is allowed.
    package mutating func admits(_ bytes: Int, isControl: Bool, at now: ContinuousClock.Instant) -> Bool {
        count = count.addingClamped(bytes.addingClamped(isControl ? Self.controlFrame : Self.frame))
        let seconds = Int(clamped: (now - start) / .seconds(1))
        return count <= Self.atOnce.addingClamped(seconds.multipliedClamped(by: Self.perSecond))
    }
}
