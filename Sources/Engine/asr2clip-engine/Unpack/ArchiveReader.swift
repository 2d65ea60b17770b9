import CArchive
import EngineLink
import Essentials
import NIOCore

/// Reads an archive entry by entry: zip, or tar, plain or compressed by gzip, bzip2, xz or zstd.
struct ArchiveReader: ~Copyable {
    private let archive: OpaquePointer

    init() throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError("out of memory") }
        for support in [
            archive_read_support_format_tar, archive_read_support_format_zip, archive_read_support_filter_gzip,
            archive_read_support_filter_bzip2, archive_read_support_filter_xz, archive_read_support_filter_zstd,
        ] {
            _ = support(archive)
        }
        self.archive = archive
    }

    deinit { archive_read_free(archive) }

    /// Opens a file, which the caller still owns.
    func open(_ descriptor: CInt) throws(ArchiveError) {
        guard archive_read_open_fd(archive, descriptor, 1 << 16) == ARCHIVE_OK else { throw ArchiveError(archive) }
    }

    /// The next entry; `nil` at the end.
    func next() throws(ArchiveError) -> ArchiveEntry? {
        var header: OpaquePointer?
        let result = archive_read_next_header(archive, &header)
        guard result != ARCHIVE_EOF else { return nil }
        // A warning concerns names in another character set; their bytes are available.
        guard result >= ARCHIVE_WARN, let header else { throw ArchiveError(archive) }
        return ArchiveEntry(
            path: try Self.path(archive_entry_pathname_utf8(header) ?? archive_entry_pathname(header)),
            kind: try Self.kind(of: header),
            size: archive_entry_size_is_set(header) == 0 ? nil : archive_entry_size(header))
    }

    /// Passes on the content of the current entry, piece by piece.
    func readContent(_ take: (ArchiveBlock) throws -> Void) throws {
        while true {
            var block: UnsafeRawPointer?
            var size = 0
            var offset: Int64 = 0
            let result = archive_read_data_block(archive, &block, &size, &offset)
            guard result != ARCHIVE_EOF else { return }
            guard result >= ARCHIVE_WARN else { throw ArchiveError(archive) }
            var rest = UnsafeRawBufferPointer(start: block, count: block == nil ? 0 : size)[...]
            while !rest.isEmpty {
                let piece = rest.prefix(ArchiveBlock.longest)
                try take(ArchiveBlock(offset: offset, bytes: ByteBuffer(bytes: piece)))
                // Offsets of holes are untrusted. If the sum overflows, the receiver has refused the previous piece.
                offset &+= Int64(piece.count)
                rest = rest.dropFirst(piece.count)
            }
        }
    }

    private static func kind(of header: OpaquePointer) throws(ArchiveError) -> ArchiveEntry.Kind {
        if let target = archive_entry_hardlink_utf8(header) ?? archive_entry_hardlink(header) {
            return .hardLink(to: try path(target))
        }
        return switch UInt32(archive_entry_filetype(header)) {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .symbolicLink(to: try path(archive_entry_symlink_utf8(header) ?? archive_entry_symlink(header)))
        default: .other
        }
    }

    /// The path as a string. An unreadable one becomes an absolute path, which the receiver refuses.
    private static func path(_ bytes: UnsafePointer<CChar>?) throws(ArchiveError) -> String {
        guard let bytes else { return "/" }
        guard strlen(bytes) <= ArchiveEntry.longestPath else {
            throw ArchiveError("a name in it has more than \(ArchiveEntry.longestPath) bytes")
        }
        return String(cString: bytes)
    }
}

struct ArchiveError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    init(_ archive: OpaquePointer) {
        reason = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
    }
}
