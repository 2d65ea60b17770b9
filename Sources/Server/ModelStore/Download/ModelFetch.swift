import Essentials
import Concurrency
import EngineHost
import SpeechTypes

/// One download of one model, from the first byte to the files in place.
///
/// All its blocking work, such as writing, hashing and unpacking, runs on a queue of its own.
actor ModelFetch {
    private let entry: ModelEntry
    /// The download as the entry has it.
    private let original: ModelDownload
    private let hashes: DownloadHashes
    /// What a command needs to mean this registry and this models folder.
    private let flags: String
    private let settings: FetchSettings
    private let unpacking: EngineTask
    private let report: @Sendable (DownloadProgress) -> Void
    private let executor: QueueExecutor
    private var rate = TransferRate()
    private var last: (received: Int64, total: Int64?) = (0, nil)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ entry: ModelEntry, from download: ModelDownload, paths: ModelPaths, settings: FetchSettings,
        unpacking: EngineTask, report: @escaping @Sendable (DownloadProgress) -> Void
    ) {
        self.entry = entry
        original = download
        hashes = DownloadHashes(modelsRoot: paths.modelsRoot)
        flags = paths.flags
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
            if isUnfinished, let download = try? source, staging.partial.record(for: download) != nil {
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
        let download = try source
        let partial = staging.partial
        // A hash in the entry decides alone.
        let known = original.sha256 == nil ? try hashes.record(of: original) : nil
        if let refused = partial.record(for: download)?.refused { try compare(refused, of: download, with: known) }
        tell(.connecting(to: download.description))
        let sha256 = try await receive(download, into: partial, missing: missing)
        do throws(FetchError) {
            try compare(sha256, of: download, with: known)
        } catch {
            try partial.refuse(sha256, of: download)
            throw error
        }
        tell(.unpacking)
        let model = try await unpack(partial.file, of: download, into: staging.unpacked, missing: missing)
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
        remember(sha256, of: download, instead: known)
    }

    /// The download from the mirror, if there is one for it.
    private var source: ModelDownload {
        get throws(FetchError) { try settings.mirror?.download(original) ?? original }
    }

    /// Checks that a download without a hash in its entry is the same file as its address gave before.
    private func compare(
        _ sha256: String, of download: ModelDownload, with known: DownloadHashes.Record?
    ) throws(FetchError) {
        guard let known, known.sha256 != sha256, !settings.acceptsChanged else { return }
        let former = known.source == download.description ? "had" : "that from \(known.source) had"
        throw FetchError(
            "\(download) is another file than on \(known.day): it has the SHA-256 \(sha256), and \(former) "
                + "\(known.sha256). If this is right, run 'asr2clip models pull \(entry.name) --accept-changed\(flags)'. "
                + "Until then the download is kept; 'asr2clip models remove \(entry.name)\(flags)' deletes it.",
            keepsPartial: true)
    }

    /// Records the hash, and tells what it says if the entry has none. The model is in place, so a failure is only told.
    private func remember(_ sha256: String, of download: ModelDownload, instead known: DownloadHashes.Record?) {
        var failure: String?
        if known?.sha256 != sha256 {
            do { try hashes.remember(sha256, of: original, from: download) } catch { failure = "\(error)" }
        }
        guard original.sha256 == nil else { return }
        let isEncrypted = download.url.scheme?.lowercased() == "https"
        tell(
            .compared(
                HashComparison(sha256: sha256, former: known?.sha256, isEncrypted: isEncrypted, failure: failure)))
    }

    private func receive(
        _ download: ModelDownload, into partial: PartialDownload, missing: [String]
    ) async throws -> String {
        try await HTTPFetch(download, settings: settings).save(
            to: partial, isolation: self,
            events: HTTPFetch.Events(
                admit: { [self] total, left in
                    try DownloadSpace(entry: entry, download: original, settings: settings)
                        .check(left: left, of: total, missing: missing)
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

    /// Makes the model's folder from the downloaded file.
    private func unpack(
        _ file: String, of download: ModelDownload, into root: String, missing: [String]
    ) async throws -> UnpackedModel {
        try FileSystem.createDirectory(root)
        let limits = UnpackingLimits(archive: FileSystem.size(file) ?? 0, free: settings.freeSpace(root), settings)
        let unpacker = ArchiveUnpacker(engine: unpacking, limits: limits, patience: settings.unpackPatience)
        guard let reason = try await unpacker.unpack(file, into: root) else {
            return try UnpackedModel(in: root, subdir: download.archiveSubdir)
        }
        if original.hasArchiveName { throw reason }
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
