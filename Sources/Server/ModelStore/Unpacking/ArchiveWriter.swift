import EngineLink
import Essentials

/// Writes the entries of an archive into a folder, as far as they are allowed. All values from the engine are checked.
struct ArchiveWriter: ~Copyable {
    private(set) var entries = 0
    private let folder: UnpackingFolder
    private let limits: UnpackingLimits
    /// The bytes of the entries before the current one.
    private var written: Int64 = 0
    private var current: Current?

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

    /// Checks an entry, makes it in the folder, and returns the file for its bytes.
    private func make(_ entry: ArchiveEntry, at path: RelativePath) throws -> UnpackedFile? {
        switch entry.kind {
        case .file: return try folder.makeFile(path)
        case .folder: try folder.makeFolder(path)
        case .symbolicLink(let target):
            guard path.linkStaysInside(target: target) else { throw refused(path.text, "it links to outside") }
            try folder.makeLink(path, to: target)
        case .hardLink(let name):
            guard let target = RelativePath(name), !target.parts.isEmpty else {
                throw refused(path.text, "it links to outside")
            }
            try checkLength(of: target)
            try folder.makeHardLink(path, to: target)
        case .other: throw refused(path.text, "it is a device, a pipe or the like")
        }
        return nil
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

/// The limits for unpacking an archive: enough for any model, too little to fill the disk.
struct UnpackingLimits {
    /// The most entries. Models have some dozens of files.
    static let entries = 100_000

    /// The most bytes of an entry's path. Models need some dozens; systems allow 4096 for the whole path.
    static let pathLength = 1024

    private let bytes: Int64
    private let reason: String

    /// Sets the limits for an archive of this many bytes; `free` are the free bytes on the target disk, if known.
    init(archive: Int64, free: Int64?, _ settings: FetchSettings) {
        let byRatio = max(settings.unpackAllowance, archive.multipliedClamped(by: settings.unpackRatio))
        let bySpace = free.map { max(0, $0 - settings.reserve) } ?? .max
        bytes = min(byRatio, bySpace)
        reason =
            byRatio <= bySpace
            ? "it unpacks to more than \(HumanFormat.bytes(byRatio)), \(settings.unpackRatio) times its size"
            : "it unpacks to more than the \(HumanFormat.bytes(bySpace)) that are free on the disk"
    }

    /// Refuses an archive that exceeds the limits.
    func check(bytes: Int64, entries: Int) throws(FetchError) {
        if bytes > self.bytes { throw FetchError("The archive is refused: \(reason). Nothing of it was kept.") }
        if entries > Self.entries {
            throw FetchError(
                "The archive is refused: it has more than \(Self.entries) entries. Nothing of it was kept.")
        }
    }
}
