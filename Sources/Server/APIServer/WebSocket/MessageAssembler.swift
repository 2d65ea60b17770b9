import NIOCore
import NIOWebSocket

/// Assembles the frames of a client into messages and enforces RFC 6455: a value without I/O.
///
/// NIO's decoder has already refused control frames that are fragmented or too long.
struct MessageAssembler {
    /// What a frame means.
    enum Event: Equatable {
        /// A part of a message.
        case fragment
        case message(WebSocketMessage)
        case ping(ByteBuffer)
        case pong
        case close(ClosePayload)
    }

    /// A message whose last fragment is missing.
    private struct Beginning {
        let isText: Bool
        var text = UTF8Check()
        var content = ByteBuffer()
        var fragments = 0
    }

    private let limits: WebSocketLimits
    private var beginning: Beginning?

    init(limits: WebSocketLimits) {
        self.limits = limits
    }

    /// The bytes of the message that is being assembled.
    var bytes: Int { beginning?.content.readableBytes ?? 0 }

    /// Takes the next frame.
    ///
    /// - Throws: The violation that the connection must be closed for.
    mutating func receive(_ frame: WebSocketFrame) throws(WebSocketViolation) -> Event {
        guard frame.maskKey != nil else { throw .malformed("The frames of a client must be masked.") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            throw .malformed("A frame has a reserved bit set, but no extension was agreed on.")
        }
        switch frame.opcode {
        case .text, .binary:
            guard beginning == nil else { throw .malformed("A message began before the last fragment of another.") }
            beginning = Beginning(isText: frame.opcode == .text)
            return try add(frame)
        case .continuation:
            guard beginning != nil else { throw .malformed("A continuation frame continues no message.") }
            return try add(frame)
        case .ping: return .ping(frame.content)
        case .pong: return .pong
        case .connectionClose: return .close(try ClosePayload(frame.content))
        default: throw .malformed("A frame has a reserved opcode.")
        }
    }

    private mutating func add(_ frame: WebSocketFrame) throws(WebSocketViolation) -> Event {
        guard var message = exchange(&beginning, with: nil) else { return .fragment }
        message.fragments += 1
        guard message.content.readableBytes + frame.length <= limits.messageSize else {
            throw .tooLarge("A message is larger than \(limits.messageSize) bytes.")
        }
        guard message.fragments <= limits.fragments else {
            throw .tooLarge("A message has more than \(limits.fragments) fragments.")
        }
        let content = frame.content
        if message.isText, !message.text.accepts(content, isLast: frame.fin) {
            throw .notUTF8("A text message is not UTF-8.")
        }
        if message.fragments == 1 {
            message.content = content
        } else {
            message.content.writeImmutableBuffer(content)
        }
        guard frame.fin else {
            beginning = message
            return .fragment
        }
        return .message(message.isText ? .text(message.content) : .binary(message.content))
    }
}

/// Checks that a text is UTF-8 as its parts arrive: a value without I/O.
struct UTF8Check {
    /// The first bytes of a character whose other bytes have not arrived.
    private var rest: [UInt8] = []

    /// How much is checked at a time; the standard library's check makes a copy.
    private static let step = 64 << 10

    /// Takes the next part of the text.
    ///
    /// - Parameters:
    ///   - part: The bytes.
    ///   - isLast: Whether the text ends with them.
    /// - Returns: Whether the text is UTF-8 so far.
    mutating func accepts(_ part: ByteBuffer, isLast: Bool) -> Bool {
        var bytes = part.readableBytesView
        while !bytes.isEmpty {
            let step = rest + bytes.prefix(Self.step)
            bytes = bytes.dropFirst(Self.step)
            let end = step.count - Self.unfinished(step)
            guard String(validating: step[..<end], as: UTF8.self) != nil else { return false }
            rest = Array(step[end...])
        }
        return !isLast || rest.isEmpty
    }

    /// How many bytes at the end belong to a character that goes on after them.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for (index, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > index + 1 ? index + 1 : 0
        }
        return 0
    }
}
