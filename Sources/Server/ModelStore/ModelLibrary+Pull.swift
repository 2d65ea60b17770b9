import Essentials
package import ModelFamilies

extension ModelLibrary {
    /// Starts to download a model's missing files, without waiting for their end. Does nothing if they are there or on
    /// their way already.
    ///
    /// It waits a moment for the first response of the file's server, so that a refusal is known at once.
    /// - Parameter requested: The model; if its entry has changed, the one in force is used.
    /// - Throws: `.downloadRunning` while another model is being downloaded, `.storageFull`, `.failed` as `prepare`
    ///   does, `.notReady` at shutdown.
    package func pull(_ requested: ModelEntry) async throws(ModelError) {
        let began = ContinuousClock.now
        let entry = try resolve(requested.name)
        try startAlone(entry)
        await fetches[entry.directory]?.waitUntilAdmitted(until: began + Self.patience)
        if let failure = failures[entry.name], failure.time >= began { throw failure.refusal }
    }

    /// How long a server of files may take to answer before the download counts as accepted.
    private static let patience = Duration.seconds(5)

    /// Checks that `pull` would start a download or need not, as far as that is known before the file's server is asked.
    /// The entry need not be in the registry yet; then `contentSize` is the size of its files in bytes, if it is known.
    package func checkPull(_ entry: ModelEntry, contentSize: Int64? = nil) throws(ModelError) {
        let missing = entry.missingFiles()
        guard !missing.isEmpty, fetches[entry.directory] == nil else { return }
        guard let download = entry.download else { throw noDownload(of: entry, missing) }
        guard !isShutDown else { throw ModelError(.notReady, "The server is shutting down.") }
        if let reserved, reserved.directory != entry.directory {
            throw Self.downloadRunning("Model '\(reserved.name)' is being added.")
        }
        // One whose files are in place is about to end.
        if let other = fetches.values.first(where: { !$0.entry.missingFiles().isEmpty }) {
            throw Self.downloadRunning("Model '\(other.entry.name)' is being downloaded: \(other.amount).")
        }
        let space = DownloadSpace(entry: entry, download: download, settings: settings)
        let partial = StagingFolder.partial(for: entry.directory)
        // What has arrived may be from the mirror.
        let record = partial.record(for: (try? settings.mirror?.download(download)) ?? download)
        do {
            if let total = download.size ?? record?.total {
                let left = total - (record == nil ? 0 : min(total, partial.size))
                try space.check(left: left, of: total, missing: missing)
            } else if let contentSize {
                try space.check(content: contentSize)
            }
        } catch {
            throw ModelError(.storageFull, error.description, hiding: paths.folders(around: entry))
        }
    }

    private static func downloadRunning(_ reason: String) -> ModelError {
        ModelError(
            .downloadRunning, "\(reason) Models are downloaded one at a time; ask again when it is there.",
            retryAfter: .seconds(10))
    }

    /// Checks what `checkPull` checks, and keeps the place of the one download for a model that is being added.
    /// `startReserved` or `endReservation` must follow; one model is added at a time.
    package func reserve(_ entry: ModelEntry, contentSize: Int64?) throws(ModelError) {
        try checkPull(entry, contentSize: contentSize)
        reserved = entry
    }

    package func endReservation() { reserved = nil }

    /// Starts to download the model for which there is a reservation, and ends that. The model is in the registry now.
    package func startReserved() throws(ModelError) {
        guard let name = reserved?.name else { return }
        defer { reserved = nil }
        let entry = try resolve(name)
        guard fetches[entry.directory] == nil, !entry.missingFiles().isEmpty, let download = entry.download,
            !isShutDown
        else { return }
        _ = start(entry, download)
    }

    /// Starts a download if files are missing and it is not running.
    private func startAlone(_ entry: ModelEntry) throws(ModelError) {
        try checkPull(entry)
        guard fetches[entry.directory] == nil, !entry.missingFiles().isEmpty, let download = entry.download else {
            return
        }
        if let failure = failures[entry.name], recentFailure(of: entry, since: .now) != nil { throw failure.refusal }
        _ = start(entry, download)
    }

    /// Waits for the end of a running download by this process.
    ///
    /// - Returns: What an engine needs to load the model; `nil` if files are missing after all.
    package func fetched(_ requested: ModelEntry) async -> ModelSpecification? {
        // An edit may have replaced the download by another one.
        while let fetch = fetches[requested.directory], await fetch.wait(until: .now + Self.longestFetch) {}
        guard let entry = registry.entry(named: requested.name), entry.missingFiles().isEmpty else { return nil }
        return entry.specification
    }

    /// Longer than any download takes.
    private static let longestFetch = Duration.seconds(7 * 24 * 3600)

    /// Ends this process's download of a model's files, because the model is being deleted. Callers that wait for it
    /// fail.
    ///
    /// - Returns: Whether there was one.
    package func stopFetch(of entry: ModelEntry) async -> Bool {
        guard let fetch = fetches[entry.directory] else { return false }
        await fetch.withdraw()
        failures[entry.name] = nil
        return true
    }
}

/// The failure of a download.
struct FetchFailure {
    let error: ModelError
    let lacksSpace: Bool
    let time: ContinuousClock.Instant

    /// The error for a request to download the model.
    var refusal: ModelError { lacksSpace ? ModelError(.storageFull, copying: error) : error }
}

extension RunningFetch {
    /// How much has arrived, in words.
    var amount: String { progress.value?.amount ?? "0 B" }
}
