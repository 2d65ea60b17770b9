public import NIOCore

/// What an engine says while it unpacks an archive, in a frame of the kind `message` each. The bytes of an entry come behind
/// it, in frames of the kind `bytes` (`ArchiveBlock`).
public enum UnpackReply: Codable, Sendable, Equatable {
    /// The next entry.
    case entry(ArchiveEntry)
    /// The end: all entries have been told.
    case end
    /// The end: the archive cannot be read on, with libarchive's reason.
    case failed(String)
}

/// What an archive says of a file in it. Nothing of this is to be believed.
public struct ArchiveEntry: Codable, Sendable, Equatable {
    /// What an entry is.
    public enum Kind: Codable, Sendable, Equatable {
        /// A file.
        case file
        /// A folder.
        case folder
        /// A symbolic link, and where it leads.
        case symbolicLink(to: String)
        /// Another name of a file, and that file's path in the archive.
        case hardLink(to: String)
        /// A device, a pipe or the like.
        case other
    }

    /// Its path. Bytes that are no UTF-8 are replaced (U+FFFD).
    public var path: String
    /// What it is.
    public var kind: Kind
    /// How many bytes its content has, holes included; `nil` if the archive does not say.
    public var size: Int64?

    /// Describes an entry.
    public init(path: String, kind: Kind, size: Int64? = nil) {
        self.path = path
        self.kind = kind
        self.size = size
    }

    /// The most bytes of a path that are told. JSON makes six bytes of some characters, and a message has two paths at most.
    public static let longestPath = 1 << 16
}

/// A piece of an entry's content. Pieces come in order; between them may be holes, which read as zeros.
public struct ArchiveBlock: Sendable, Equatable {
    /// Where in the file the bytes belong.
    public var offset: Int64
    /// The bytes.
    public var bytes: ByteBuffer

    /// The most bytes of a piece that an engine sends.
    public static let longest = 1 << 16

    /// Describes a piece.
    public init(offset: Int64, bytes: ByteBuffer) {
        self.offset = offset
        self.bytes = bytes
    }

    /// The piece in a frame; `nil` if there is none in it.
    public init?(_ frame: Frame) {
        var content = frame.content
        guard frame.kind == .bytes, let offset = content.readInteger(as: Int64.self) else { return nil }
        self.init(offset: offset, bytes: content)
    }

    /// The piece as a frame: the offset in eight bytes (big-endian), and the bytes.
    public var frame: Frame {
        var content = ByteBuffer(integer: offset)
        content.writeImmutableBuffer(bytes)
        return Frame(.bytes, content)
    }
}
