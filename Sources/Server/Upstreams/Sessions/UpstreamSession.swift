import Essentials
package import ModelStore
package import NIOCore
import NIOWebSocket
import TranscriptFormats

/// A live session on another server, as its client.
package struct UpstreamSession: Sendable {
    package let server: UpstreamServer
    private let frames: NIOAsyncChannelInboundStream<WebSocketFrame>
    private let writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    /// What must not come back in a message.
    private let key: [UInt8]?

    /// The most bytes of a message of the server.
    static let largestMessage = 1 << 20

    init(
        on server: UpstreamServer, _ frames: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>, key: String?
    ) {
        self.server = server
        self.frames = frames
        self.writer = writer
        self.key = key.map { Array($0.utf8) }
    }

    /// Sends a message; waits while the server does not read.
    package func send(_ text: String) async throws {
        do {
            try await writer.write(WebSocketClient.frame(.text, ByteBuffer(string: text)))
        } catch {
            throw UpstreamError(.failed, "\(server.address) ended the session.")
        }
    }

    /// The server's messages, which can be read once.
    package func makeMessages() -> Messages { Messages(session: self, frames: frames.makeAsyncIterator()) }

    /// The messages of a session, one after the other. Answers pings.
    package struct Messages {
        fileprivate let session: UpstreamSession
        fileprivate var frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
        private var allowance = ReadAllowance(since: .now)

        fileprivate init(
            session: UpstreamSession, frames: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
        ) {
            self.session = session
            self.frames = frames
        }

        /// The next message; `nil` if the server has closed the session as agreed.
        ///
        /// - Throws: `UpstreamError` if the connection breaks or the server violates the protocol, or `CancellationError`.
        package mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> ByteBuffer? {
            while let frame = try await nextFrame() {
                guard allowance.admits(frame.length, isControl: frame.opcode.isControlOpcode, at: .now) else {
                    throw session.failure("sends more than a live session needs.")
                }
                guard frame.maskKey == nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
                    throw session.failure("violates the WebSocket protocol.")
                }
                switch frame.opcode {
                case .text:
                    if let key = session.key, key.isContained(in: frame.data.readableBytesView) {
                        throw session.failure("sent its key back, so its answer is not passed on.")
                    }
                    return frame.data
                case .ping: try await session.writer.write(WebSocketClient.frame(.pong, frame.data))
                case .pong: break
                case .connectionClose:
                    var content = frame.data
                    switch content.readWebSocketErrorCode() {
                    case .normalClosure, .goingAway, nil: return nil
                    case let code?: throw session.failure("closed the session (\(UInt16(webSocketErrorCode: code))).")
                    }
                default: throw session.failure("sends messages that are no text.")
                }
            }
            throw session.failure("hung up.")
        }

        private mutating func nextFrame(
            isolation: isolated (any Actor)? = #isolation
        ) async throws -> WebSocketFrame? {
            do {
                return try await frames.next(isolation: isolation)
            } catch is CancellationError {
                throw CancellationError()
            } catch WebSocketClient.Failure.silent {
                throw session.failure("does not answer any more.")
            } catch {
                throw session.failure("sends messages that cannot be read.")
            }
        }
    }

    /// The error for a message that is no event.
    package func malformed() -> UpstreamError { failure("sends messages that are no events.") }

    private func failure(_ words: String) -> UpstreamError { UpstreamError(.failed, "\(server.address) \(words)") }
}

/// How much a server may send in a live session: far more than its texts take, but not without end. Does no I/O.
package struct ReadAllowance {
    /// In bytes.
    private static let atOnce = 4 << 20
    private static let perSecond = 64 << 10
    /// What a frame counts beside its content. Each ping and pong takes more: one every minute is usual.
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
