import Essentials

/// Moves a downloaded model to its directory. Existing files stay.
struct Placement {
    /// The downloaded model, on the same disk as `directory`.
    let model: UnpackedModel
    /// The model's directory.
    let directory: String
    /// The files that the registry requires.
    let registered: Set<String>

    /// Moves the whole folder if the directory does not exist, or else the missing files.
    ///
    /// - Parameter record: The source of the files. It is written before the first of them, and lists them.
    /// - Throws: `FetchError` or `SystemError` if something is in the way.
    func install(_ record: DownloadRecord) throws {
        var record = record
        let files = model.contents.filter { !FileSystem.isRealDirectory(model.folder + "/" + $0) }
        guard FileSystem.isOccupied(directory) else {
            record.files = sizes(of: files)
            try record.write(in: model.folder)
            try FileSystem.createDirectory(Self.parent(of: directory))
            try move(model.folder, directory)
            return syncFolder(Self.parent(of: directory))
        }
        guard FileSystem.isDirectory(directory) else {
            throw FetchError("\(directory) is in the way of the model's folder; move it elsewhere.")
        }
        record.files = sizes(of: files.filter { !FileSystem.isOccupied(directory + "/" + $0) })
        try record.write(in: directory)
        // Registered files are moved last, so that the model seems incomplete until all files are there.
        for file in files.filter({ !registered.contains($0) }) + files.filter(registered.contains) {
            let target = directory + "/" + file
            if FileSystem.isOccupied(target) { continue }
            try FileSystem.createDirectory(Self.parent(of: target))
            try move(model.folder + "/" + file, target)
        }
        syncFolder(directory)
    }

    private func sizes(of files: [String]) -> [String: Int64] {
        Dictionary(uniqueKeysWithValues: files.map { ($0, FileSystem.ownSize(model.folder + "/" + $0) ?? 0) })
    }

    /// The parent folder of a path.
    static func parent(of path: String) -> String {
        let slash = UInt8(ascii: "/")
        let parent = path.utf8.split(separator: slash).dropLast().map { String(Substring($0)) }.joined(separator: "/")
        return path.utf8.first == slash ? "/" + parent : parent
    }

    private func move(_ source: String, _ target: String) throws(SystemError) {
        guard rename(source, target) == 0 else { throw SystemError("put the model in place at", target) }
    }

    /// Makes renames survive a power failure, if the file system can.
    private func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
