import BlockingWork
import Foundation

/// One fetch of one model, from the first byte to the files in place.
///
/// All its blocking work, such as writing, hashing and unpacking, is on a queue of its own.
actor ModelFetch {
    private let entry: ModelEntry
    private let download: ModelDownload
    private let modelsRoot: String
    private let settings: FetchSettings
    private let report: @Sendable (DownloadProgress) -> Void
    private let executor: QueueExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ entry: ModelEntry, from download: ModelDownload, modelsRoot: String, settings: FetchSettings,
        report: @escaping @Sendable (DownloadProgress) -> Void
    ) {
        self.entry = entry
        self.download = download
        self.modelsRoot = modelsRoot
        self.settings = settings
        self.report = report
        executor = QueueExecutor(label: "fetch of \(entry.name)")
    }

    /// Fetches the model. Whatever happens, what was not put in place is gone afterwards.
    ///
    /// - Throws: `FetchError` or `SystemError` with a reason fit for a client; `CancellationError`.
    func run() async throws {
        tell(.connecting(to: download.displayURL))
        let directory = FileSystem.realPath(entry.directory) ?? entry.directory
        let parent = Placement.parent(of: directory)
        // Inside an existing directory the files are sure to be on its disk; it may be a link or a mount.
        let staging = try StagingFolder(in: FileSystem.isDirectory(directory) ? directory : parent, for: entry.name)
        defer { staging.remove() }
        for folder in [modelsRoot, parent, directory] { StagingFolder.removeLeftovers(in: folder) }

        let missing = entry.missingFiles()
        let file = staging.path + "/download"
        let size = try await receive(file, missing: missing)
        tell(.unpacking, size, size)
        let model = try unpack(file, below: staging.path, missing: missing)
        try model.verify(files: missing)
        try Placement(model: model, directory: directory, registered: Set(entry.files.values)).install()
        try checkComplete()
        tell(.finished(directory: directory), size, size)
    }

    /// Fetches the bytes into a file, and tells how many there are.
    private func receive(_ file: String, missing: [String]) async throws -> Int64 {
        var size: Int64 = 0
        try await HTTPFetch(download, settings: settings).save(to: file, isolation: self) { total in
            // Beside an archive stands what it unpacks to, about three times its size.
            if let total { try checkSpace(isSingleFile(missing) ? total : total * 4, near: file) }
        } report: { received, total in
            size = received
            tell(.downloading, received, total)
        }
        return size
    }

    private func checkSpace(_ needed: Int64, near file: String) throws(FetchError) {
        let folder = Placement.parent(of: file)
        guard let free = settings.freeSpace(folder), free < needed else { return }
        let place = Placement.parent(of: entry.directory)
        throw FetchError(
            "\(entry.name) needs about \(needed / 1_000_000) MB on the disk of \(place), but \(free / 1_000_000) MB are free; "
                + "make room or choose another --model-dir.")
    }

    /// Whether the address promises one bare file: it is the one file that is missing, and has no archive's name.
    private func isSingleFile(_ missing: [String]) -> Bool {
        missing.count == 1 && !hasArchiveName
    }

    private var hasArchiveName: Bool {
        let endings = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".zip"]
        let path = download.url.path.lowercased()
        return endings.contains(where: path.hasSuffix)
    }

    /// Makes the model's folder out of what was downloaded.
    private func unpack(_ file: String, below staging: String, missing: [String]) throws -> UnpackedModel {
        let root = staging + "/unpacked"
        try FileSystem.createDirectory(root)
        if hasArchiveName || ArchiveReader.recognizes(file) {
            try ArchiveUnpacker(into: root).unpack(file)
            return try UnpackedModel(in: root, subdir: download.archiveSubdir)
        }
        guard let only = missing.first, missing.count == 1 else {
            throw FetchError(
                "\(download) is no archive (tar, tar.gz, tar.bz2, tar.xz, tar.zst, zip), but several files are missing: "
                    + "\(missing.listed). Name an archive in models.yaml, or put the files there yourself.")
        }
        let target = root + "/" + only
        try FileSystem.createDirectory(Placement.parent(of: target))
        guard rename(file, target) == 0 else { throw SystemError("rename", file) }
        return try UnpackedModel(in: root, subdir: "")
    }

    /// What the user put there may be in the way of a file.
    private func checkComplete() throws(FetchError) {
        guard let file = entry.missingFiles().first else { return }
        throw FetchError("\(entry.path(of: file)) is there, but is no file; move it elsewhere.")
    }

    private func tell(_ phase: DownloadProgress.Phase, _ received: Int64 = 0, _ total: Int64? = nil) {
        report(DownloadProgress(model: entry.name, phase: phase, received: received, total: total))
    }
}
