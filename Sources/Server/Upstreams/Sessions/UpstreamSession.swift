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
    package func makeMessages() -> Messages {
        Messages(session: self, received: WebSocketMessages(frames, answeringBy: writer))
    }

    /// The messages of a session, one after the other.
    package struct Messages {
        fileprivate let session: UpstreamSession
        fileprivate var received: WebSocketMessages

        /// The next message; `nil` if the server has closed the session as agreed.
        ///
        /// - Throws: `UpstreamError` if the connection breaks or the server violates the protocol, or `CancellationError`.
        package mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> ByteBuffer? {
            do {
                let message = try await received.next(isolation: isolation)
                if let key = session.key, key.isContained(in: message.readableBytesView) {
                    throw session.failure("sent its key back, so its answer is not passed on.")
                }
                return message
            } catch WebSocketMessages.End.closed(var content) {
                switch content.readWebSocketErrorCode() {
                case .normalClosure, .goingAway, nil: return nil
                case let code?: throw session.failure("closed the session (\(UInt16(webSocketErrorCode: code))).")
                }
            } catch let end as WebSocketMessages.End {
                throw session.failure(Self.words(for: end))
            }
        }

        private static func words(for end: WebSocketMessages.End) -> String {
            switch end {
            case .flood: "sends more than a live session needs."
            case .violation: "violates the WebSocket protocol."
            case .notText: "sends messages that are no text."
            case .closed, .hungUp: "hung up."
            case .silent: "does not answer any more."
            case .unreadable: "sends messages that cannot be read."
            }
        }
    }

    /// The error for a message that is no event.
    package func malformed() -> UpstreamError { failure("sends messages that are no events.") }

    private func failure(_ words: String) -> UpstreamError { UpstreamError(.failed, "\(server.address) \(words)") }
}
