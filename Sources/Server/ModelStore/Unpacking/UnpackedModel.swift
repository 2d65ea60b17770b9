import Essentials

/// The unpacked content of an archive, before it is put in place.
struct UnpackedModel {
    /// The folder that becomes the model's directory, on the same disk.
    let folder: String
    /// The paths of all its contents, sorted.
    let contents: [String]

    /// Finds the model in an unpacked archive: in its folder `subdir`, or else in its only top folder, or else in its root.
    init(in root: String, subdir: String?) throws {
        folder = try Self.modelFolder(in: root, subdir: subdir)
        contents = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }

    /// Checks that the files are there and that no link leads out of the folder, and flushes all files to disk.
    func verify(files: [String]) throws {
        let missing = files.filter { !FileSystem.isRegularFile(folder + "/" + $0) }
        guard missing.isEmpty else {
            throw FetchError(
                "The download lacks \(missing.listed); it holds \(Self.summary(contents)). "
                    + "Correct 'files' or 'archive_subdir' in models.yaml.")
        }
        for path in contents {
            try Task.checkCancellation()
            try settle(path)
        }
    }

    private func settle(_ path: String) throws {
        let full = folder + "/" + path
        // Links were checked in the archive, but their folder is another one here, and a hard link may have moved one.
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: full) {
            guard RelativePath(path)?.linkStaysInside(target: target) == true else {
                throw FetchError("The archive is refused because its link '\(path)' leads out of the model's folder.")
            }
            return
        }
        let descriptor = open(full, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", full) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("save", full) }
    }

    private static func modelFolder(in root: String, subdir: String?) throws -> String {
        let top = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        guard let subdir else {
            let only = root + "/" + (top.first ?? "")
            return top.count == 1 && FileSystem.isRealDirectory(only) ? only : root
        }
        var folder = root
        for part in RelativePath(subdir)?.parts ?? [] {
            folder += "/" + part
            guard FileSystem.isRealDirectory(folder) else {
                throw FetchError(
                    "The archive has no folder '\(subdir)'; it holds \(summary(top)). "
                        + "Correct 'archive_subdir' in models.yaml.")
            }
        }
        return folder
    }

    /// The first names of a long list.
    private static func summary(_ names: [String]) -> String {
        let shown = 12
        guard names.count > shown else { return names.isEmpty ? "nothing" : names.listed }
        return "\(names.prefix(shown).listed) and \(names.count - shown) more"
    }

    /// Moves the whole folder if the directory does not exist, or else the missing files.
    ///
    /// Existing files stay. The record is written before the first file, and lists the files. The `registered` ones are
    /// moved last, so that the model seems incomplete until all files are there.
    /// - Throws: `FetchError` or `SystemError` if something is in the way.
    func install(in directory: String, registered: Set<String>, _ record: DownloadRecord) throws {
        var record = record
        let files = contents.filter { !FileSystem.isRealDirectory(folder + "/" + $0) }
        guard FileSystem.isOccupied(directory) else {
            record.files = sizes(of: files)
            try record.write(in: folder)
            try FileSystem.createDirectory(FileSystem.parent(of: directory))
            try move(folder, directory)
            return FileSystem.sync(folder: FileSystem.parent(of: directory))
        }
        guard FileSystem.isDirectory(directory) else {
            throw FetchError("\(directory) is in the way of the model's folder; move it elsewhere.")
        }
        record.files = sizes(of: files.filter { !FileSystem.isOccupied(directory + "/" + $0) })
        try record.write(in: directory)
        for file in files.filter({ !registered.contains($0) }) + files.filter(registered.contains) {
            let target = directory + "/" + file
            if FileSystem.isOccupied(target) { continue }
            try FileSystem.createDirectory(FileSystem.parent(of: target))
            try move(folder + "/" + file, target)
        }
        FileSystem.sync(folder: directory)
    }

    private func sizes(of files: [String]) -> [String: Int64] {
        Dictionary(uniqueKeysWithValues: files.map { ($0, FileSystem.ownSize(folder + "/" + $0) ?? 0) })
    }

    private func move(_ source: String, _ target: String) throws(SystemError) {
        guard rename(source, target) == 0 else { throw SystemError("put the model in place at", target) }
    }
}
