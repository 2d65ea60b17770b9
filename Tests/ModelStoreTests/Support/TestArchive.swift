import CArchive
import Foundation

/// Creates archives, valid and hostile ones.
struct TestArchive {
    enum Packing: String, CaseIterable {
        case tar, gzip, bzip2, xz, zstd, zip

        /// The file name extension of this packing.
        var ending: String {
            switch self {
            case .tar: ".tar"
            case .gzip: ".tar.gz"
            case .bzip2: ".tar.bz2"
            case .xz: ".tar.xz"
            case .zstd: ".tar.zst"
            case .zip: ".zip"
            }
        }
    }

    enum Entry {
        case file(String, String)
        case folder(String)
        case symbolicLink(String, to: String)
        case hardLink(String, to: String)
        case pipe(String)
    }

    struct Failure: Error {
        let reason: String
    }

    /// The bytes of an archive.
    static func make(_ entries: [Entry], packing: Packing = .gzip) throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.appending(path: "TestArchive-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let archive = archive_write_new() else { throw Failure(reason: "out of memory") }
        defer { archive_write_free(archive) }
        switch packing {
        case .tar: archive_write_add_filter_none(archive)
        case .gzip: archive_write_add_filter_gzip(archive)
        case .bzip2: archive_write_add_filter_bzip2(archive)
        case .xz: archive_write_add_filter_xz(archive)
        case .zstd: archive_write_add_filter_zstd(archive)
        case .zip: archive_write_set_format_zip(archive)
        }
        if packing != .zip { archive_write_set_format_gnutar(archive) }
        try check(archive_write_open_filename(archive, path), archive)
        for entry in entries { try write(entry, to: archive) }
        try check(archive_write_close(archive), archive)
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func write(_ entry: Entry, to archive: OpaquePointer) throws {
        guard let header = archive_entry_new() else { throw Failure(reason: "out of memory") }
        defer { archive_entry_free(header) }
        archive_entry_set_perm(header, 0o600)
        var content: [UInt8] = []
        switch entry {
        case .file(let name, let text):
            content = Array(text.utf8)
            archive_entry_set_pathname(header, name)
            archive_entry_set_filetype(header, S_IFREG)
            archive_entry_set_size(header, Int64(content.count))
        case .folder(let name):
            archive_entry_set_pathname(header, name)
            archive_entry_set_filetype(header, S_IFDIR)
        case .symbolicLink(let name, let target):
            archive_entry_set_pathname(header, name)
            archive_entry_set_filetype(header, S_IFLNK)
            archive_entry_set_symlink(header, target)
        case .hardLink(let name, let target):
            archive_entry_set_pathname(header, name)
            archive_entry_set_filetype(header, S_IFREG)
            archive_entry_set_hardlink(header, target)
        case .pipe(let name):
            archive_entry_set_pathname(header, name)
            archive_entry_set_filetype(header, S_IFIFO)
        }
        try check(archive_write_header(archive, header), archive)
        if !content.isEmpty { _ = archive_write_data(archive, content, content.count) }
    }

    private static func check(_ result: Int32, _ archive: OpaquePointer) throws {
        guard result >= ARCHIVE_WARN else {
            throw Failure(reason: archive_error_string(archive).map { String(cString: $0) } ?? "unknown")
        }
    }
}
