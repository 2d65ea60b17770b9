import Crypto
import Essentials
import SystemPackage

/// Reads the lines of a journal one by one, so that a long one is not in memory as a whole.
final class JournalLines {
    /// Whether the last line has no end. Known once all are read.
    private(set) var isTorn = false

    private let file: FileDescriptor
    private var position: Int64 = 0
    private var waiting = Data()
    private var isAtEnd = false
    private let decoder = JSONDecoder()

    private static let pieceSize = 1 << 18
    /// A longer line is none of ours: a name has at most 255 bytes, and a prompt is shorter.
    private static let longestLine = 1 << 20

    /// Reads from the beginning of an open file, which stays the caller's.
    init(_ file: FileDescriptor) { self.file = file }

    /// The next line that can be read; `nil` at the end.
    func next() throws(Errno) -> ResultRecord? {
        while true {
            if let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
                let record = try? decoder.decode(ResultRecord.self, from: waiting[..<end])
                waiting = waiting[waiting.index(after: end)...]
                if let record { return record }
                continue
            }
            guard !isAtEnd else {
                isTorn = !waiting.isEmpty
                return nil
            }
            try fill()
        }
    }

    private func fill() throws(Errno) {
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        let count: Int
        do {
            count = try piece.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: position, into: $0) }
        } catch {
            throw error as? Errno ?? .ioError
        }
        position += Int64(count)
        isAtEnd = count == 0
        if waiting.count > Self.longestLine { waiting = Data() }
        waiting = Data(waiting) + piece.prefix(count)
    }

    /// The line of a record, with its end.
    static func line(_ record: ResultRecord) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only numbers that JSON does not have could fail, and a record has none.
        return ((try? encoder.encode(record)) ?? Data()) + [UInt8(ascii: "\n")]
    }
}

/// The files that results are written to.
enum ResultFile {
    /// Writes a new file and waits until the disk has it.
    ///
    /// - Returns: Its version.
    static func save(_ data: Data, to path: String) throws(Errno) -> FileStamp {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(SystemName.cString(path), flags, 0o666)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        do { try FileDescriptor(rawValue: descriptor).writeAll(data) } catch { throw error as? Errno ?? .ioError }
        guard fsync(descriptor) == 0 else { throw Errno(rawValue: errno) }
        return try FileFacts(FileDescriptor(rawValue: descriptor)).stamp
    }

    /// The SHA-256 of a text, in hexadecimal digits.
    static func hash(of data: Data) -> String { digits(SHA256.hash(data: data)) }

    /// The SHA-256 of a file; `nil` if it cannot be read.
    static func hash(ofFile path: String) -> String? {
        let descriptor = open(SystemName.cString(path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return digits(hash.finalize()) }
            hash.update(data: piece.prefix(count))
        }
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(Errno) {
        if mkdir(SystemName.cString(path), 0o777) == 0 { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            let parent = SystemPath.folder(of: path)
            guard parent.utf8.count < path.utf8.count else { throw Errno(rawValue: ENOENT) }
            try makeFolder(parent)
            guard mkdir(SystemName.cString(path), 0o777) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        default: throw Errno(rawValue: errno)
        }
    }

    private static func digits(_ digest: SHA256.Digest) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
