import Essentials
import EngineLink

/// Writes the entries of an archive into a folder, as far as they are allowed. All values from the engine are checked.
struct ArchiveWriter: ~Copyable {
    /// How many entries have begun.
    private(set) var entries = 0
    private let folder: UnpackingFolder
    private let limits: UnpackingLimits
    /// The bytes of the entries before the current one.
    private var written: Int64 = 0
    private var current: Current?

    /// The entry that is being written.
    private struct Current {
        let path: RelativePath
        let kind: ArchiveEntry.Kind
        /// The size of a file according to the archive.
        let promised: Int64?
        /// The file for its bytes; `nil` if it has none, like folders.
        var file: UnpackedFile?
        /// Its size according to the archive, or so far, if that is more.
        var size: Int64
        /// The end of its last piece.
        var end: Int64 = 0
    }

    /// Writes into a folder, whose path must have no links.
    init(into folder: String, limits: UnpackingLimits) throws(SystemError) {
        self.folder = try UnpackingFolder(folder)
        self.limits = limits
    }

    /// Starts the next entry, which completes the previous one.
    ///
    /// - Throws: `FetchError` if it may not be in the folder, or exceeds the limits.
    mutating func begin(_ entry: ArchiveEntry) throws {
        try finish()
        entries += 1
        try limits.check(bytes: written, entries: entries)
        guard let path = RelativePath(entry.path) else {
            throw refused(entry.path, "it would land outside the model's folder")
        }
        let promised = entry.kind == .file ? entry.size.map { max(0, $0) } : nil
        var current = Current(path: path, kind: entry.kind, promised: promised, size: promised ?? 0)
        if !path.parts.isEmpty {
            try checkLength(of: path)
            // A sparse file may be long with little content.
            try limits.check(bytes: written.addingClamped(current.size), entries: entries)
            current.file = try make(entry, at: path)
        }
        self.current = current
    }

    /// Writes a piece of the current entry.
    ///
    /// - Throws: `FetchError` if there is no entry, or the limits are exceeded.
    mutating func write(_ block: ArchiveBlock) throws {
        guard var current else { throw ArchiveUnpacker.nonsense("bytes of no file") }
        // Empty pieces, or pieces for the same place again, could go on for ever.
        let count = Int64(block.bytes.readableBytes)
        guard count > 0, block.offset >= current.end else { throw ArchiveUnpacker.nonsense("bytes out of order") }
        current.end = block.offset.addingClamped(count)
        current.size = max(current.size, current.end)
        try limits.check(bytes: written.addingClamped(current.size), entries: entries)
        if let promised = current.promised, current.end > promised {
            throw refused(current.path.text, "it has more bytes than it says")
        }
        // A hard link may come with the file's bytes again.
        if case .hardLink = current.kind, current.file == nil { current.file = try folder.openFile(current.path) }
        try current.file?.write(block)
        self.current = current
    }

    /// Completes the last entry.
    mutating func finish() throws {
        guard let current else { return }
        self.current = nil
        written = written.addingClamped(current.size)
        try current.file?.finish(size: current.size)
    }

    /// Checks an entry, and makes it in the folder.
    ///
    /// - Returns: The file for its bytes.
    private func make(_ entry: ArchiveEntry, at path: RelativePath) throws -> UnpackedFile? {
        switch entry.kind {
        case .file:
            return try folder.makeFile(path)
        case .folder:
            try folder.makeFolder(path)
            return nil
        case .symbolicLink(let target):
            guard path.linkStaysInside(target: target) else { throw refused(path.text, "it links to outside") }
            try folder.makeLink(path, to: target)
            return nil
        case .hardLink(let name):
            guard let target = RelativePath(name), !target.parts.isEmpty else {
                throw refused(path.text, "it links to outside")
            }
            try checkLength(of: target)
            try folder.makeHardLink(path, to: target)
            return nil
        case .other:
            throw refused(path.text, "it is a device, a pipe or the like")
        }
    }

    private func checkLength(of path: RelativePath) throws(FetchError) {
        guard path.text.utf8.count <= UnpackingLimits.pathLength else {
            throw refused(path.text, "its path has more than \(UnpackingLimits.pathLength) bytes")
        }
    }

    private func refused(_ name: String, _ reason: String) -> FetchError {
        FetchError("The archive is refused because of its entry '\(name.asLine)': \(reason). Nothing of it was kept.")
    }
}
