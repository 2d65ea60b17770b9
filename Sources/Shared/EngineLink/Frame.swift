import Essentials
package import NIOCore
import NIOFoundationEssentialsCompat

/// The unit of transmission on a job's connection.
///
/// On the wire: the length of the rest in four bytes (big-endian), one byte for the kind, the content.
package struct Frame: Sendable, Equatable {
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// A message, as JSON.
        case message = 1
        /// Samples at 16 kHz, mono: 32-bit floats of full scale −1…1, in the machine's own byte order.
        case samples = 2
        /// Bytes of a file.
        case bytes = 3
    }

    package var kind: Kind
    package var content: ByteBuffer

    package init(_ kind: Kind, _ content: ByteBuffer) {
        self.kind = kind
        self.content = content
    }

    /// Encodes a message.
    ///
    /// - Throws: `EncodingError` if JSON cannot express it.
    package init(message: some Encodable) throws {
        self.init(.message, ByteBuffer(data: try JSONEncoder().encode(message)))
    }

    /// Decodes the message.
    ///
    /// - Throws: `DecodingError` if it has another type, `FrameError` if the frame has no message.
    package func message<Message: Decodable>(as type: Message.Type) throws -> Message {
        guard kind == .message else { throw FrameError.unknownKind(kind.rawValue) }
        return try JSONDecoder().decode(type, from: content)
    }

    /// The most bytes of content in a request. The text of a form has at most 1 MiB; JSON makes six times as much of it
    /// if it is all control characters. The rest is for file names.
    package static let longestRequest = 8 << 20
    /// The most bytes of content in one frame of a reply.
    package static let longestReply = 1 << 20
    /// Bytes of the length and the kind.
    static let headerLength = 5

    package func write(into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(content.readableBytes + 1))
        buffer.writeInteger(kind.rawValue)
        buffer.writeImmutableBuffer(content)
    }

    /// Takes a frame with at most `limit` bytes of content off the front of the buffer; `nil` if it is not complete yet.
    ///
    /// - Throws: `FrameError` as soon as the bytes cannot become an acceptable frame.
    static func take(from buffer: inout ByteBuffer, limit: Int) throws(FrameError) -> Frame? {
        let start = buffer.readerIndex
        guard let length = buffer.getInteger(at: start, as: UInt32.self) else { return nil }
        guard length >= 1 else { throw .unknownKind(nil) }
        guard length - 1 <= limit else { throw .tooLong(Int(length) - 1, limit: limit) }
        guard let number = buffer.getInteger(at: start + 4, as: UInt8.self) else { return nil }
        guard let kind = Kind(rawValue: number) else { throw .unknownKind(number) }
        guard buffer.readableBytes >= 4 + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: headerLength)
        return Frame(kind, buffer.readSlice(length: Int(length) - 1) ?? ByteBuffer())
    }
}

/// Why bytes are not an acceptable frame.
package enum FrameError: Error, Equatable, CustomStringConvertible {
    /// The frame is longer than the receiver accepts.
    case tooLong(Int, limit: Int)
    /// The kind is unknown; `nil` if the frame is too short to have one.
    case unknownKind(UInt8?)
    /// No complete frame arrived within this time.
    case late(Duration)

    package var description: String {
        switch self {
        case .tooLong(let length, let limit): "a frame of \(length) bytes, where \(limit) are the most"
        case .unknownKind(let number): "a frame of \(number.map { "the unknown kind \($0)" } ?? "no kind")"
        case .late(let patience): "nothing for \(HumanFormat.time(patience))"
        }
    }
}

/// Decodes the frames of a channel; ignores an incomplete one at the end of the connection.
package struct FrameDecoder: NIOSingleStepByteToMessageDecoder {
    package typealias InboundOut = Frame
    private let limit: Int

    /// - Parameter limit: The most bytes of content in a frame.
    package init(limit: Int) { self.limit = limit }

    package mutating func decode(buffer: inout ByteBuffer) throws -> Frame? {
        try Frame.take(from: &buffer, limit: limit)
    }

    package mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> Frame? {
        try decode(buffer: &buffer)
    }
}
