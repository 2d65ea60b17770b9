package import NIOCore

/// A reply of an engine that unpacks an archive, in a frame of the kind `message`. The bytes of an entry follow it, in
/// frames of the kind `bytes` (`ArchiveBlock`).
package enum UnpackReply: Codable, Sendable, Equatable {
    case entry(ArchiveEntry)
    case end
    /// The rest of the archive cannot be read, with libarchive's reason.
    case failed(String)
}

/// An entry as the archive describes it. Treat every field as untrusted.
package struct ArchiveEntry: Codable, Sendable, Equatable {
    package enum Kind: Codable, Sendable, Equatable {
        case file
        case folder
        case symbolicLink(to: String)
        /// A hard link, and its target's path in the archive.
        case hardLink(to: String)
        /// A device, a pipe or the like.
        case other
    }

    /// The path. Bytes that are not UTF-8 are replaced (U+FFFD).
    package var path: String
    package var kind: Kind
    /// Bytes of content, holes included; `nil` if the archive does not state it.
    package var size: Int64?

    package init(path: String, kind: Kind, size: Int64? = nil) {
        self.path = path
        self.kind = kind
        self.size = size
    }

    /// The most bytes of a path that are sent. JSON makes six bytes of some characters, and a message has at most two
    /// paths.
    package static let longestPath = 1 << 16
}

/// A piece of an entry's content. Pieces are sent in order; holes between them read as zeros.
package struct ArchiveBlock: Sendable, Equatable {
    package var offset: Int64
    package var bytes: ByteBuffer

    /// The most bytes in a piece that an engine sends.
    package static let longest = 1 << 16

    package init(offset: Int64, bytes: ByteBuffer) {
        self.offset = offset
        self.bytes = bytes
    }

    /// Reads the piece in a frame; `nil` if the frame has other content.
    package init?(_ frame: Frame) {
        var content = frame.content
        guard frame.kind == .bytes, let offset = content.readInteger(as: Int64.self) else { return nil }
        self.init(offset: offset, bytes: content)
    }

    /// The piece as a frame: the offset in eight bytes (big-endian), and the bytes.
    package var frame: Frame {
        var content = ByteBuffer(integer: offset)
        content.writeImmutableBuffer(bytes)
        return Frame(.bytes, content)
    }
}
