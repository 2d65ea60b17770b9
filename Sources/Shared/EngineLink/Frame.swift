import Essentials
public import NIOCore

/// What goes over a job's connection in one piece.
///
/// On the wire: the length of what follows in four bytes (big-endian), one byte for the kind, the content.
public struct Frame: Sendable, Equatable {
    /// What the content is.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// A message, as JSON.
        case message = 1
        /// Samples at 16 kHz, mono: 32-bit floats of full scale −1…1, in the machine's own byte order.
        case samples = 2
        /// Bytes of a file.
        case bytes = 3
    }

    /// What the content is.
    public var kind: Kind
    /// The content.
    public var content: ByteBuffer

    /// A frame of some kind.
    public init(_ kind: Kind, _ content: ByteBuffer) {
        self.kind = kind
        self.content = content
    }

    /// The most bytes of content of what a job is asked with. The text of a form has at most 1 MiB, of which JSON makes six
    /// times as much if it is all control characters; the rest is for the names of files.
    public static let longestRequest = 8 << 20
    /// The most bytes of content of what a job answers in one piece.
    public static let longestReply = 1 << 20
    /// The length's bytes and the kind's.
    static let headerLength = 5

    /// Writes the frame behind what is in the buffer already.
    public func write(into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(content.readableBytes + 1))
        buffer.writeInteger(kind.rawValue)
        buffer.writeImmutableBuffer(content)
    }

    /// Takes a frame off the front of what has come.
    ///
    /// - Parameters:
    ///   - buffer: What has come. Nothing is taken from it unless the frame is complete.
    ///   - limit: The most bytes of content.
    /// - Returns: `nil` if more has to come first.
    /// - Throws: `FrameError` as soon as it is sure that no frame that may be taken will come.
    public static func take(from buffer: inout ByteBuffer, limit: Int) throws(FrameError) -> Frame? {
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

/// Bytes that are no frame.
public enum FrameError: Error, Equatable, CustomStringConvertible {
    /// It would be longer than the receiver takes.
    case tooLong(Int, limit: Int)
    /// No such kind; `nil` if there is not even a kind.
    case unknownKind(UInt8?)
    /// It did not come, or not to its end, in so much time.
    case late(Duration)

    /// What is wrong.
    public var description: String {
        switch self {
        case .tooLong(let length, let limit): "a frame of \(length) bytes, where \(limit) are the most"
        case .unknownKind(let number): "a frame of \(number.map { "the unknown kind \($0)" } ?? "no kind")"
        case .late(let patience): "nothing for \(HumanFormat.time(patience))"
        }
    }
}

/// Makes frames of what comes over a channel.
public struct FrameDecoder: NIOSingleStepByteToMessageDecoder {
    /// What comes out.
    public typealias InboundOut = Frame
    private let limit: Int

    /// Takes frames with at most so many bytes of content.
    public init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next frame.
    ///
    /// - Throws: `FrameError`.
    public mutating func decode(buffer: inout ByteBuffer) throws -> Frame? {
        try Frame.take(from: &buffer, limit: limit)
    }

    /// Takes the last frame; half a one at the end of a connection counts for nothing.
    ///
    /// - Throws: `FrameError`.
    public mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> Frame? {
        try decode(buffer: &buffer)
    }
}
