import Essentials
import Concurrency
import EngineHost
import SpeechTypes

/// One download of one model, from the first byte to the files in place.
///
/// All its blocking work, such as writing, hashing and unpacking, runs on a queue of its own.
actor ModelFetch {
    private let entry: ModelEntry
    private let download: ModelDownload
    private let settings: FetchSettings
    private let unpacking: EngineTask
    private let report: @Sendable (DownloadProgress) -> Void
    private let executor: QueueExecutor
    private var rate = TransferRate()
    private var last: (received: Int64, total: Int64?) = (0, nil)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ entry: ModelEntry, from download: ModelDownload, settings: FetchSettings, unpacking: EngineTask,
        report: @escaping @Sendable (DownloadProgress) -> Void
    ) {
        self.entry = entry
        self.download = download
        self.settings = settings
        self.unpacking = unpacking
        self.report = report
        executor = QueueExecutor(label: "fetch of \(entry.name)")
    }

    /// Downloads the model, unless another process does so meanwhile.
    ///
    /// In any case, files that were not put in place are deleted afterwards, except a partial download that can be
    /// resumed.
    /// - Throws: `FetchError` or `SystemError` with a reason fit for a client; `CancellationError`.
    func run() async throws {
        let staging = try await claim()
        do {
            // Unpacked files of a killed process may be incomplete.
            try staging.tidy()
            let missing = entry.missingFiles()
            if !missing.isEmpty { try await fetch(missing, in: staging) }
            staging.remove()
        } catch {
            let isUnfinished = error is CancellationError || (error as? FetchError)?.keepsPartial == true
            if isUnfinished, staging.partial.record(for: download) != nil {
                try? staging.tidy()
            } else {
                staging.remove()
            }
            throw error
        }
        tell(.finished(directory: FileSystem.realPath(entry.directory) ?? entry.directory))
    }

    /// Waits until no other task or process downloads the model.
    private func claim() async throws -> StagingFolder {
        while true {
            if let staging = try StagingFolder.claim(for: entry.directory) { return staging }
            let partial = StagingFolder.partial(for: entry.directory)
            last = (partial.size, partial.record?.total)
            tell(.waiting)
            try await Task.sleep(for: settings.waitInterval)
        }
    }

    private func fetch(_ missing: [String], in staging: borrowing StagingFolder) async throws {
        tell(.connecting(to: download.description))
        let partial = staging.partial
        let sha256 = try await receive(partial, missing: missing)
        tell(.unpacking)
        let model = try await unpack(partial.file, into: staging.unpacked, missing: missing)
        try model.verify(files: missing)
        // From here on the work is not cancelled: if the registry changes later, the files in place stay.
        try Task.checkCancellation()
        let directory = FileSystem.realPath(entry.directory) ?? entry.directory
        try model.install(
            in: directory, registered: entry.regularFiles,
            DownloadRecord(source: download.description, sha256: sha256))
        // A user's own folder may be in the place of a file.
        if let file = entry.missingFiles().first {
            throw FetchError("\(entry.path(of: file)) is there, but is no file; move it elsewhere.")
        }
    }

    private func receive(_ partial: PartialDownload, missing: [String]) async throws -> String {
        try await HTTPFetch(download, settings: settings).save(
            to: partial, isolation: self,
            events: HTTPFetch.Events(
                admit: { [self] total, left in
                    // The disk must hold the archive and its content, which has about three times its size.
                    let isSingleFile = missing.count == 1 && !hasArchiveName
                    let unpacked = isSingleFile ? 0 : total.multipliedClamped(by: 3)
                    try checkSpace(left.addingClamped(unpacked), near: partial.file)
                },
                arrived: { [self] received, total in
                    last = (received, total)
                    rate.add(received, at: .now)
                    tell(.downloading)
                },
                interrupted: { [self] reason, pause in
                    rate.reset()
                    tell(.interrupted(reason: reason, pause: pause))
                }))
    }

    private func checkSpace(_ needed: Int64, near file: String) throws(FetchError) {
        guard let free = settings.freeSpace(FileSystem.parent(of: file)), free < needed else { return }
        let place = FileSystem.parent(of: entry.directory)
        throw FetchError(
            "\(entry.name) needs about \(HumanFormat.bytes(needed)) on the disk of \(place), but \(HumanFormat.bytes(free)) are free; "
                + "make room or choose another --model-dir.", keepsPartial: true)
    }

    private var hasArchiveName: Bool {
        let endings = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".zip"]
        let path = download.url.path.lowercased()
        return endings.contains(where: path.hasSuffix)
    }

    /// Makes the model's folder from the downloaded file.
    private func unpack(_ file: String, into root: String, missing: [String]) async throws -> UnpackedModel {
        try FileSystem.createDirectory(root)
        let limits = UnpackingLimits(archive: FileSystem.size(file) ?? 0, free: settings.freeSpace(root), settings)
        let unpacker = ArchiveUnpacker(engine: unpacking, limits: limits, patience: settings.unpackPatience)
        guard let reason = try await unpacker.unpack(file, into: root) else {
            return try UnpackedModel(in: root, subdir: download.archiveSubdir)
        }
        if hasArchiveName { throw reason }
        guard let only = missing.first, missing.count == 1 else {
            throw FetchError(
                "\(download) is no archive (tar, tar.gz, tar.bz2, tar.xz, tar.zst, zip), but several files are missing: "
                    + "\(missing.listed). Name an archive in models.yaml, or put the files there yourself.")
        }
        let target = root + "/" + only
        try FileSystem.createDirectory(FileSystem.parent(of: target))
        guard rename(file, target) == 0 else { throw SystemError("rename", file) }
        return try UnpackedModel(in: root, subdir: "")
    }

    private func tell(_ phase: DownloadProgress.Phase) {
        report(
            DownloadProgress(
                model: entry.name, phase: phase, received: last.received, total: last.total,
                rate: phase == .downloading ? rate.perSecond(at: .now) : nil))
    }
}
