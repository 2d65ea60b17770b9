import Essentials

package struct RemovedModel: Sendable, Equatable {
    package let files: [String]
    package let bytes: Int64
}

/// Deletes a model's downloaded files, and nothing else.
struct ModelRemoval: Sendable {
    let entry: ModelEntry
    let paths: ModelPaths

    /// Checks that there are files to delete, and that they may be deleted.
    func check() throws(ModelError) {
        if StagingFolder.isOwned(for: entry.directory) { throw busy }
        if let directory = FileSystem.realPath(entry.directory) {
            guard let root = FileSystem.realPath(paths.modelsRoot), directory.hasPrefix(root + "/") else {
                throw ModelError(
                    .notRemovable,
                    "'\(entry.name)' is in \(entry.directory), which is not below the models folder \(paths.modelsRoot). "
                        + "Delete it yourself.", hiding: paths.folders(around: entry))
            }
            if DownloadRecord.read(in: directory) != nil { return }
        }
        guard StagingFolder.partial(for: entry.directory).size == 0 else { return }
        let there = entry.regularFiles.subtracting(entry.missingFiles())
        throw ModelError(
            .notRemovable,
            there.isEmpty
                ? "'\(entry.name)' has no files to delete in \(entry.directory)."
                : "The files of '\(entry.name)' were not downloaded by asr2clip. Delete \(entry.directory) yourself.",
            hiding: paths.folders(around: entry))
    }

    /// Deletes the recorded files, the registered ones first, then folders that became empty, and an interrupted
    /// download.
    func run() throws(ModelError) -> RemovedModel {
        try check()
        let removed: RemovedModel?
        do throws(SystemError) {
            removed = try removeUnlessOwned()
        } catch {
            throw ModelError(.failed, error.description, hiding: paths.folders(around: entry))
        }
        guard let removed else { throw busy }
        return removed
    }

    /// Deletes everything; `nil` if the model is being downloaded.
    private func removeUnlessOwned() throws(SystemError) -> RemovedModel? {
        guard let staging = try StagingFolder.claim(for: entry.directory) else { return nil }
        var files: [String] = []
        var bytes = staging.partial.size
        if let directory = FileSystem.realPath(entry.directory), let record = DownloadRecord.read(in: directory) {
            (files, bytes) = try delete(record, in: directory, bytes: bytes)
        }
        staging.remove()
        rmdir(entry.directory)
        return RemovedModel(files: files, bytes: bytes)
    }

    private func delete(
        _ record: DownloadRecord, in directory: String, bytes: Int64
    ) throws(SystemError) -> ([String], Int64) {
        let registered = entry.regularFiles
        let paths = record.files.keys.sorted { first, second in
            (registered.contains(first) ? 0 : 1, first) < (registered.contains(second) ? 0 : 1, second)
        }
        var deleted: [String] = []
        var bytes = bytes
        for path in paths {
            let file = directory + "/" + path
            guard isOurs(path, size: record.files[path], in: directory), let size = FileSystem.ownSize(file) else {
                continue
            }
            guard unlink(file) == 0 else { throw SystemError("delete", file) }
            deleted.append(file)
            bytes = bytes.addingClamped(size)
        }
        unlink(directory + "/" + DownloadRecord.fileName)
        for folder in folders(of: paths) { rmdir(directory + "/" + folder) }
        return (deleted, bytes)
    }

    /// Whether a recorded file is unchanged since its download, and no link in its path leads out.
    private func isOurs(_ path: String, size: Int64?, in directory: String) -> Bool {
        guard let relative = RelativePath(path), !relative.parts.isEmpty else { return false }
        let file = directory + "/" + path
        let folder = FileSystem.realPath(FileSystem.parent(of: file))
        return folder == FileSystem.parent(of: file) && FileSystem.ownSize(file) == size
    }

    /// The folders of the files, the innermost first.
    private func folders(of paths: [String]) -> [String] {
        var folders: Set<String> = []
        for path in paths {
            var parts = path.split(separator: "/").dropLast()
            while !parts.isEmpty {
                folders.insert(parts.joined(separator: "/"))
                parts = parts.dropLast()
            }
        }
        return folders.sorted { $0.utf8.count > $1.utf8.count }
    }

    private var busy: ModelError {
        ModelError(
            .notReady, "'\(entry.name)' is being downloaded. Stop that first, or wait for its end.",
            retryAfter: .seconds(10))
    }
}
