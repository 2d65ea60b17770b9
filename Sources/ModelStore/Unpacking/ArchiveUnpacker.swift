import Basics
import CArchive
import Foundation

/// Unpacks a stranger's archive into a folder, and lets nothing out of it.
struct ArchiveUnpacker: ~Copyable {
    private let folder: String
    private let limits: UnpackingLimits
    private let disk: OpaquePointer

    /// Prepares to unpack into a folder: an absolute path with no link in it, as libarchive writes through none.
    init(into folder: String, limits: UnpackingLimits) throws(FetchError) {
        guard let disk = archive_write_disk_new() else { throw FetchError("Out of memory for unpacking.") }
        self.folder = folder
        self.limits = limits
        self.disk = disk
        // Not SECURE_NOABSOLUTEPATHS: the paths we hand over are absolute, made from vetted relative ones.
        archive_write_disk_set_options(disk, ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_SECURE_SYMLINKS)
    }

    deinit {
        archive_write_free(disk)
    }

    /// Unpacks all entries. Blocks until done; between pieces it looks whether the task is cancelled.
    ///
    /// - Throws: `FetchError` if the archive is damaged, one entry would reach out of the folder, or all together are
    ///   beyond the limits.
    func unpack(_ archive: String) throws {
        let reader = try ArchiveReader(path: archive)
        var written: Int64 = 0
        var entries = 0
        while let entry = try reader.next() {
            try Task.checkCancellation()
            entries += 1
            try limits.check(bytes: written, entries: entries)
            guard try prepare(entry) else { continue }
            // What the header promises: a file with holes may be long without much in it. No promise may be believed.
            var size = archive_entry_hardlink(entry) == nil ? max(0, archive_entry_size(entry)) : 0
            try limits.check(bytes: written.addingClamped(size), entries: entries)
            try check(archive_write_header(disk, entry))
            try reader.readContent { bytes, offset in
                try Task.checkCancellation()
                size = max(size, offset.addingClamped(Int64(bytes.count)))
                try limits.check(bytes: written.addingClamped(size), entries: entries)
                try check(archive_write_data_block(disk, bytes.baseAddress, bytes.count, offset))
            }
            written = written.addingClamped(size)
            try check(archive_write_finish_entry(disk))
        }
        try check(archive_write_close(disk))
    }

    /// Vets an entry and gives it its place in the folder.
    ///
    /// - Returns: Whether there is anything to write: not for the folder itself.
    private func prepare(_ entry: OpaquePointer) throws(FetchError) -> Bool {
        let name = Self.name(of: entry)
        guard let path = RelativePath(name) else { throw refused(name, "it would land outside the model's folder") }
        guard !path.parts.isEmpty else { return false }
        try checkLength(of: path)
        if let link = archive_entry_hardlink(entry) {
            guard let target = RelativePath(String(cString: link)) else { throw refused(name, "it links to outside") }
            try checkLength(of: target)
            archive_entry_copy_hardlink(entry, folder + "/" + target.text)
        } else {
            try vetKind(of: entry, at: path)
        }
        archive_entry_copy_pathname(entry, folder + "/" + path.text)
        return true
    }

    /// libarchive would change the folder of the whole process to reach further.
    private func checkLength(of path: RelativePath) throws(FetchError) {
        guard path.text.utf8.count <= UnpackingLimits.pathLength else {
            throw refused(path.text, "its path has more than \(UnpackingLimits.pathLength) bytes")
        }
    }

    private func vetKind(of entry: OpaquePointer, at path: RelativePath) throws(FetchError) {
        switch UInt32(archive_entry_filetype(entry)) {
        case S_IFREG:
            archive_entry_set_perm(entry, 0o644)
        case S_IFDIR:
            archive_entry_set_perm(entry, 0o755)
        case S_IFLNK:
            let target = archive_entry_symlink(entry).map { String(cString: $0) } ?? ""
            guard path.linkStaysInside(target: target) else { throw refused(path.text, "it links to outside") }
        default:
            throw refused(path.text, "it is a device, a pipe or the like")
        }
    }

    private static func name(of entry: OpaquePointer) -> String {
        let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
        return name.map { String(cString: $0) } ?? "/"  // An unreadable name is refused as an absolute one is.
    }

    private func refused(_ name: String, _ reason: String) -> FetchError {
        let shown = name.count > 100 ? name.prefix(100) + "…" : name[...]
        return FetchError("The archive is refused because of its entry '\(shown)': \(reason). Nothing of it was kept.")
    }

    private func check(_ result: some BinaryInteger) throws(FetchError) {
        guard result >= ARCHIVE_WARN else { throw FetchError("Cannot unpack the archive: \(disk.lastError).") }
    }
}
