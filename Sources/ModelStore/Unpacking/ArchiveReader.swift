import CArchive
import Foundation

/// An archive on disk, read entry by entry: tar, plain or packed by gzip, bzip2, xz or zstd, and zip.
struct ArchiveReader: ~Copyable {
    private let archive: OpaquePointer

    /// Opens an archive.
    ///
    /// - Throws: `FetchError` if the file cannot be read.
    init(path: String) throws(FetchError) {
        guard let archive = archive_read_new() else { throw FetchError("Out of memory for unpacking.") }
        for support in [
            archive_read_support_format_tar, archive_read_support_format_zip, archive_read_support_filter_gzip,
            archive_read_support_filter_bzip2, archive_read_support_filter_xz, archive_read_support_filter_zstd,
        ] {
            _ = support(archive)
        }
        guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
            defer { archive_read_free(archive) }
            throw Self.damaged(archive)
        }
        self.archive = archive
    }

    deinit {
        archive_read_free(archive)
    }

    /// Whether the file is an archive, judged by its content.
    static func recognizes(_ path: String) -> Bool {
        guard let reader = try? ArchiveReader(path: path) else { return false }
        return (try? reader.next()) != nil
    }

    /// The next entry; `nil` at the end. It is the archive's own, and good until the next call.
    func next() throws(FetchError) -> OpaquePointer? {
        var entry: OpaquePointer?
        let result = archive_read_next_header(archive, &entry)
        guard result != ARCHIVE_EOF else { return nil }
        // A warning is about names in another character set; the bytes are there.
        guard result >= ARCHIVE_WARN, let entry else { throw Self.damaged(archive) }
        return entry
    }

    /// Hands over the content of the entry just read, piece by piece, each with its place in the file.
    func readContent(_ take: (UnsafeRawBufferPointer, _ offset: Int64) throws -> Void) throws {
        while true {
            var block: UnsafeRawPointer?
            var size = 0
            var offset: Int64 = 0
            switch archive_read_data_block(archive, &block, &size, &offset) {
            case ARCHIVE_EOF: return
            case ARCHIVE_WARN...: try take(UnsafeRawBufferPointer(start: block, count: block == nil ? 0 : size), offset)
            default: throw Self.damaged(archive)
            }
        }
    }

    private static func damaged(_ archive: OpaquePointer) -> FetchError {
        FetchError("What was downloaded is damaged, or no tar or zip archive: \(archive.lastError).")
    }
}

extension OpaquePointer {
    /// What libarchive says went wrong last in this archive.
    var lastError: String {
        archive_error_string(self).map { String(cString: $0) } ?? "no reason given"
    }
}
