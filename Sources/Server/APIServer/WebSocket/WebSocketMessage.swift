import NIOCore
import NIOWebSocket

/// A message of a client.
enum WebSocketMessage: Sendable, Equatable {
    /// A text in UTF-8.
    case text(ByteBuffer)
    case binary(ByteBuffer)

    /// The content.
    var content: ByteBuffer {
        switch self {
        case .text(let content), .binary(let content): content
        }
    }

    /// The bytes of memory that it takes while it waits: an empty message takes some too.
    var cost: Int { content.readableBytes + Self.overhead }

    static let overhead = 256
}

/// A client's violation of the protocol or of a limit, with the code that its connection is closed with.
struct WebSocketViolation: Error, Equatable {
    let code: WebSocketErrorCode
    /// What was wrong, for the client.
    let reason: String

    static func malformed(_ reason: String) -> Self { Self(code: .protocolError, reason: reason) }
    static func tooLarge(_ reason: String) -> Self { Self(code: .messageTooLarge, reason: reason) }
    static func notUTF8(_ reason: String) -> Self { Self(code: .dataInconsistentWithMessage, reason: reason) }
}

/// Why a WebSocket has ended.
enum WebSocketEnding: Sendable, Equatable {
    /// The client closed it, with this code or none.
    case byClient(WebSocketErrorCode?)
    /// The server closed it, with this code.
    case byServer(WebSocketErrorCode)
    /// The client violated the protocol or a limit.
    case violation(WebSocketErrorCode)
    /// Its messages took the most memory when there was too little.
    case outOfMemory
    /// The client did not answer a ping.
    case timedOut
    /// The client did not read what it was sent.
    case unread
    /// The connection ended without a closing handshake.
    case gone
}

/// Thrown to code that sends on a WebSocket that has ended.
struct WebSocketEnded: Error {}

extension WebSocketErrorCode {
    /// There is too little memory now: try again later (registered with IANA).
    static let tryAgainLater = Self.unknown(1013)
}

/// The content of a client's close frame (RFC 6455, section 7.4).
struct ClosePayload: Equatable {
    /// The code; `nil` if there is none (1005 in the APIs of browsers).
    let code: WebSocketErrorCode?

    init(_ data: ByteBuffer) throws(WebSocketViolation) {
        var data = data
        guard data.readableBytes > 0 else {
            code = nil
            return
        }
        guard let number = data.readInteger(as: UInt16.self), Self.isAllowed(number) else {
            throw .malformed("A close frame's content begins with a valid code.")
        }
        guard String(validating: data.readableBytesView, as: UTF8.self) != nil else {
            throw .notUTF8("The reason in a close frame is not UTF-8.")
        }
        code = WebSocketErrorCode(codeNumber: Int(number))
    }

    /// Whether a peer may send the code: those of the RFC and of IANA's registry, and those for libraries and
    /// applications, but not the ones that only APIs use (1005, 1006, 1015).
    private static func isAllowed(_ number: UInt16) -> Bool {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// Writes the content of a close frame.
    ///
    /// - Parameters:
    ///   - code: The code.
    ///   - reason: Is cut to the 123 bytes that there is room for.
    /// - Returns: The content.
    static func bytes(_ code: WebSocketErrorCode, _ reason: String) -> ByteBuffer {
        var bytes = ByteBuffer(integer: UInt16(webSocketErrorCode: code))
        var room = 123
        for character in reason {
            room -= character.utf8.count
            guard room >= 0 else { break }
            bytes.writeString(String(character))
        }
        return bytes
    }
}
