import Essentials
import Concurrency
package import EngineHost
package import Logging
package import ModelFamilies

/// The models of a registry on disk: finds them by name, downloads missing files, and deletes downloaded ones.
///
/// Downloads belong to the library, not to the first caller: they continue without callers, and end with `shutDown()`.
package actor ModelLibrary {
    /// File operations block, and callers may be on a shared event loop.
    private let executor = QueueExecutor(label: "models on disk")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package private(set) var registry: ModelRegistry
    let paths: ModelPaths
    private let logger: Logger
    private let onProgress: (@Sendable (DownloadProgress) -> Void)?
    let settings: FetchSettings
    private let unpacking: EngineTask
    /// Folders that are hidden from clients, besides those of models.
    private let hiddenFolders: [String]
    /// The running downloads, by their target directory.
    private(set) var fetches: [String: RunningFetch] = [:]
    /// The last failure of each model, by name.
    var failures: [String: FetchFailure] = [:]
    /// The directories that have been checked for leftover downloads of killed processes.
    private var tidied: Set<String> = []
    /// A model that is being added: until its download begins, it counts as one that is being downloaded.
    var reserved: ModelEntry?
    /// Deletes leftovers after the registry has changed.
    private var tidying: Task<Void, Never>?
    private(set) var isShutDown = false

    /// Makes a library. `onProgress` is called for every update of every download, many times a second, on the download's
    /// own thread; without it, the progress is logged. The engine reads archives. `acceptingChanged` lets a download without a
    /// hash in its entry be another file than before.
    package init(
        registry: ModelRegistry, paths: ModelPaths, proxies: ProxySettings, engine: EngineExecutable, logger: Logger,
        acceptingChanged: Bool = false, onProgress: (@Sendable (DownloadProgress) -> Void)? = nil
    ) {
        self.init(
            registry: registry, paths: paths, program: EngineProcess(engine), logger: logger, onProgress: onProgress,
            settings: FetchSettings(proxies: proxies, mirror: paths.mirror, acceptsChanged: acceptingChanged),
            hiding: [FileSystem.parent(of: engine.path)])
    }

    init(
        registry: ModelRegistry, paths: ModelPaths, program: any EngineProgram, logger: Logger,
        onProgress: (@Sendable (DownloadProgress) -> Void)? = nil, settings: FetchSettings,
        hiding folders: [String] = []
    ) {
        self.registry = registry
        self.paths = paths
        self.logger = logger
        self.onProgress = onProgress
        self.settings = settings
        unpacking = EngineTask(program, logger: logger)
        hiddenFolders = folders
    }

    /// Applies another registry. Downloads that it does not want are cancelled, their leftovers are deleted, and
    /// different downloads for the same directories are started. The failures of changed entries are forgotten.
    package func use(_ registry: ModelRegistry) {
        let former = self.registry.entries
        failures = failures.filter { self.registry.entry(named: $0.key) == registry.entry(named: $0.key) }
        self.registry = registry
        let abandoned = fetches.values.filter { !registry.wants($0.entry) }
        for fetch in abandoned { fetch.task.cancel() }
        // Unstructured because it lasts until the cancelled downloads have ended; `shutDown()` awaits it.
        tidying = Task { [tidying] in
            await tidying?.value
            for fetch in abandoned { await fetch.task.value }
            await removeAbandonedDownloads(of: former)
        }
    }

    /// Deletes leftover downloads of models that the registry in force does not have, unless a process is working on
    /// them. Searches the models folder and the folders that contain the registry's models.
    package func removeAbandonedDownloads() async {
        await removeAbandonedDownloads(of: [])
    }

    private func removeAbandonedDownloads(of former: [ModelEntry]) async {
        guard !isShutDown else { return }
        let directories = Set(registry.entries.map(\.directory))
        let folders = directories.union(former.map(\.directory)).map(FileSystem.parent)
        let searched = Set(folders + [paths.modelsRoot])
        await elsewhere { [paths] in
            for folder in searched { StagingFolder.removeAbandoned(in: folder, except: directories) }
            RegistryFile(paths).tidy()
            DownloadHashes(modelsRoot: paths.modelsRoot).tidy()
        }
    }

    /// Finds a model of this machine.
    ///
    /// - Throws: Like `find`, and `.notLocal` if the model is on other servers.
    package func resolve(_ nameOrAlias: String) throws(ModelError) -> ModelEntry {
        switch try find(nameOrAlias) {
        case .local(let entry): return entry
        case .upstream(let entry):
            throw ModelError(
                .notLocal,
                "The model '\(entry.name)' is not on this machine: its entry in models.yaml sends recordings to "
                    + "\(entry.hosts.listed). So it has no files and no engine here.")
        }
    }

    /// Finds a model, on this machine or on other servers.
    ///
    /// - Throws: `.notFound` if no model or alias has this name, `.failed` if its entry in the registry is unusable.
    package func find(_ nameOrAlias: String) throws(ModelError) -> RegisteredModel {
        let name = registry.aliases[nameOrAlias] ?? nameOrAlias
        if let model = registry.model(named: name) { return model }
        let mistakes = registry.mistakes(in: .model(name)) + registry.mistakes(in: .alias(nameOrAlias))
        if !mistakes.isEmpty {
            throw ModelError(.failed, mistakes.map(\.description).joined(separator: "\n"), hiding: paths.folders())
        }
        let known = registry.names.isEmpty ? "none is registered" : "registered are \(registry.names.listed)"
        throw ModelError(.notFound, "There is no model '\(nameOrAlias)'; \(known).")
    }

    /// Makes sure that a model's files are there, downloading them if necessary.
    ///
    /// If files are missing and the entry has changed, the one in force is used. A download continues if the time is up
    /// or the caller is cancelled.
    /// - Returns: What an engine needs to load the model.
    /// - Throws: `.notReady` while the download runs (also if the caller is cancelled), `.failed` if files are
    ///   missing and cannot be downloaded.
    package func prepare(
        _ requested: ModelEntry, waitingUpTo limit: Duration
    ) async throws(ModelError) -> ModelSpecification {
        let began = ContinuousClock.now
        let deadline = began + limit
        var entry = requested
        while true {
            let missing = entry.missingFiles()
            guard !missing.isEmpty else {
                tidy(entry)
                return entry.specification
            }
            let current = try resolve(entry.name)
            guard current == entry else {
                entry = current
                continue
            }
            guard let download = entry.download else { throw noDownload(of: entry, missing) }
            guard !isShutDown else { throw ModelError(.notReady, "The server is shutting down.") }
            if let failure = recentFailure(of: entry, since: began) { throw failure }
            let fetch = fetches[entry.directory] ?? start(entry, download)
            guard await fetch.wait(until: deadline) else { throw notReady(entry, fetch) }
            if fetch.isWithdrawn { throw ModelError(.failed, "Model '\(entry.name)' has just been deleted.") }
        }
    }

    package nonisolated func sizeOnDisk(of entry: ModelEntry) -> Int64 {
        entry.regularFiles.reduce(0) { $0.addingClamped(FileSystem.size(entry.path(of: $1)) ?? 0) }
    }

    /// Checks that a model has downloaded files that may be deleted.
    ///
    /// - Throws: `.notRemovable` if asr2clip may not delete them, `.notReady` while they are being downloaded.
    package func checkRemovable(_ entry: ModelEntry) async throws(ModelError) {
        let removal = ModelRemoval(entry: entry, paths: paths)
        try await elsewhere { Result { () throws(ModelError) in try removal.check() } }.get()
    }

    /// Deletes a model's downloaded files. Files that a user put there stay, and so does its entry.
    ///
    /// - Throws: `.notRemovable` if there is nothing that asr2clip may delete, `.notReady` while the model is being
    ///   downloaded, `.failed` if the system refuses.
    package func remove(_ entry: ModelEntry) async throws(ModelError) -> RemovedModel {
        let removal = ModelRemoval(entry: entry, paths: paths)
        let removed = try await elsewhere { Result { () throws(ModelError) in try removal.run() } }.get()
        failures[entry.name] = nil
        return removed
    }

    /// Cancels all downloads and waits until they have ended. No new one starts.
    package func shutDown() async {
        isShutDown = true
        let tasks = fetches.values.map(\.task)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await tidying?.value
    }

    func start(_ entry: ModelEntry, _ download: ModelDownload) -> RunningFetch {
        let progress = onProgress.map(LatestProgress.init(sink:)) ?? LatestProgress(log: logger)
        let fetch = ModelFetch(
            entry, from: download, paths: paths, settings: settings,
            unpacking: unpacking, report: progress.update)
        // Unstructured because it outlives the first request for it; `shutDown()` cancels and awaits it.
        let task = Task {
            do {
                try await fetch.run()
                finish(entry, failure: nil)
            } catch {
                finish(entry, failure: error)
            }
        }
        let running = RunningFetch(entry, task: task, progress: progress)
        fetches[entry.directory] = running
        return running
    }

    private func finish(_ entry: ModelEntry, failure: (any Error)?) {
        let fetch = fetches.removeValue(forKey: entry.directory)
        defer { fetch?.end() }
        failures[entry.name] = nil
        guard !isShutDown, fetch?.isWithdrawn != true else { return }
        // If the registry has changed back meanwhile, the download has been cancelled all the same.
        guard registry.wants(entry), !Task.isCancelled else {
            if failure != nil {
                fetch?.progress.update(
                    DownloadProgress(model: entry.name, phase: .failed(reason: "Its entry has changed.")))
            }
            return beginAnew(in: entry.directory)
        }
        if let failure {
            let reason = "\(failure)"
            let error = ModelError(
                .failed, "Model '\(entry.name)' could not be fetched. \(reason)",
                hiding: paths.folders(around: entry) + hiddenFolders)
            failures[entry.name] = FetchFailure(
                error: error, lacksSpace: (failure as? FetchError)?.lacksSpace == true, time: .now)
            fetch?.progress.update(DownloadProgress(model: entry.name, phase: .failed(reason: reason)))
            if let cause = (failure as? FetchError)?.cause {
                logger.debug("Fetch of \(entry.name) failed", metadata: ["cause": "\(cause)"])
            }
        }
    }

    /// Starts the download that the registry in force wants instead of a cancelled one.
    private func beginAnew(in directory: String) {
        let successor = registry.entries.first { $0.directory == directory && !$0.missingFiles().isEmpty }
        if let successor, let download = successor.download { _ = start(successor, download) }
    }

    /// The failure of the download that a caller waited for, or one that is too recent for a retry.
    func recentFailure(of entry: ModelEntry, since began: ContinuousClock.Instant) -> ModelError? {
        guard let failure = failures[entry.name] else { return nil }
        return failure.time >= began || ContinuousClock.now - failure.time < settings.retryInterval
            ? failure.error : nil
    }

    func noDownload(of entry: ModelEntry, _ missing: [String]) -> ModelError {
        ModelError(
            .failed,
            "Model '\(entry.name)' lacks \(missing.listed) and has no download. Put it at "
                + "\(entry.path(of: missing.first ?? "")), or add download: with a url to its entry in \(registry.file).",
            hiding: paths.folders(around: entry))
    }

    /// Deletes the leftover download of a process that was killed after the model had been put in place.
    private func tidy(_ entry: ModelEntry) {
        guard entry.download != nil, tidied.insert(entry.directory).inserted,
            FileSystem.isDirectory(StagingFolder.path(for: entry.directory)),
            let staging = try? StagingFolder.claim(for: entry.directory)
        else { return }
        staging.remove()
    }

    private func notReady(_ entry: ModelEntry, _ fetch: RunningFetch) -> ModelError {
        ModelError(
            .notReady, "Model '\(entry.name)' is downloading: \(fetch.amount). Ask again soon.",
            retryAfter: .seconds(10))
    }
}

extension ModelRegistry {
    /// Whether a download for an entry has what an entry of this registry needs, even under another name.
    fileprivate func wants(_ fetched: ModelEntry) -> Bool {
        entries.contains {
            $0.directory == fetched.directory && $0.download == fetched.download
                && $0.regularFiles == fetched.regularFiles
        }
    }
}
