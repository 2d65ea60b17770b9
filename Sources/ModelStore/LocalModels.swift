public import Logging
public import SpeechRecognition
import Synchronization

/// The models of a registry on disk: finds them by name, and fetches what is missing.
///
/// Fetches belong to the store, not to who asked first: they go on when callers leave, and end with `shutDown()`.
public actor LocalModels {
    /// The registry in force.
    public private(set) var registry: ModelRegistry
    private let paths: ModelPaths
    private let logger: Logger
    private let onProgress: (@Sendable (DownloadProgress) -> Void)?
    private let settings: FetchSettings
    /// The fetches under way, by the directory they fill.
    private var fetches: [String: Fetch] = [:]
    /// The last failure of each model, by name.
    private var failures: [String: (error: ModelError, time: ContinuousClock.Instant)] = [:]
    private var lastWaiter = 0
    private var isShutDown = false

    private struct Fetch {
        let task: Task<Void, Never>
        let progress: LatestProgress
        /// One for each caller that waits; they end with the fetch.
        var waiters: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    /// Prepares a store; nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - registry: The models.
    ///   - paths: Where the registry and the models are.
    ///   - logger: Told of fetches; of their progress only without `onProgress`.
    ///   - onProgress: Called for every moment of every fetch, many times a second, on the fetch's own thread.
    ///     `ProgressLines` makes lines of them.
    public init(
        registry: ModelRegistry, paths: ModelPaths, logger: Logger,
        onProgress: (@Sendable (DownloadProgress) -> Void)? = nil
    ) {
        self.init(registry: registry, paths: paths, logger: logger, onProgress: onProgress, settings: FetchSettings())
    }

    init(
        registry: ModelRegistry, paths: ModelPaths, logger: Logger,
        onProgress: (@Sendable (DownloadProgress) -> Void)? = nil, settings: FetchSettings
    ) {
        self.registry = registry
        self.paths = paths
        self.logger = logger
        self.onProgress = onProgress
        self.settings = settings
    }

    /// Puts another registry in force.
    public func use(_ registry: ModelRegistry) {
        self.registry = registry
    }

    /// Finds a model.
    ///
    /// - Throws: `.notFound` if no model or alias has this name, `.failed` if its entry in the registry is unusable.
    public func resolve(_ nameOrAlias: String) throws(ModelError) -> ModelEntry {
        let name = registry.aliases[nameOrAlias] ?? nameOrAlias
        if let entry = registry.entry(named: name) { return entry }
        let mistakes = registry.mistakes(in: .model(name)) + registry.mistakes(in: .alias(nameOrAlias))
        if !mistakes.isEmpty {
            throw ModelError(.failed, mistakes.map(\.description).joined(separator: "\n"))
        }
        let known = registry.names.isEmpty ? "none is registered" : "registered are \(registry.names.listed)"
        throw ModelError(.notFound, "There is no model '\(nameOrAlias)'; \(known).")
    }

    /// Makes sure that a model's files are there, fetching them if need be.
    ///
    /// - Parameters:
    ///   - entry: The model.
    ///   - limit: How long to wait for a fetch. It goes on when the time is up or the caller is cancelled.
    /// - Returns: What an engine needs to load the model.
    /// - Throws: `.notReady` while the fetch is under way (also to a caller that is cancelled), `.failed` if files are missing and cannot be fetched.
    public func prepare(
        _ entry: ModelEntry, waitingUpTo limit: Duration
    ) async throws(ModelError) -> ModelSpecification {
        let began = ContinuousClock.now
        let deadline = began + limit
        while true {
            let missing = entry.missingFiles()
            guard let file = missing.first else { return entry.specification }
            guard let download = entry.download else {
                throw ModelError(
                    .failed,
                    "Model '\(entry.name)' lacks \(missing.listed) and has no download. Put it at \(entry.path(of: file)), "
                        + "or add download: with a url to its entry in \(registry.file).")
            }
            guard !isShutDown else { throw ModelError(.notReady, "The server is shutting down.") }
            if let failure = recentFailure(of: entry, since: began) { throw failure }
            if fetches[entry.directory] == nil { start(entry, download) }
            guard await wait(for: entry.directory, until: deadline) else { throw notReady(entry) }
        }
    }

    /// Where a model's files are now.
    public func status(of entry: ModelEntry) -> ModelStatus {
        let missing = entry.missingFiles()
        if missing.isEmpty { return .present }
        guard let fetch = fetches[entry.directory] else { return .missing(files: missing) }
        return .downloading(percent: fetch.progress.value?.percent)
    }

    /// The size of a model's registered files that are there, in bytes.
    public func sizeOnDisk(of entry: ModelEntry) -> Int64 {
        Set(entry.files.values).reduce(0) { $0 + (FileSystem.size(entry.path(of: $1)) ?? 0) }
    }

    /// Cancels all fetches and waits until their temporary files are gone. No further one starts.
    public func shutDown() async {
        isShutDown = true
        let tasks = fetches.values.map(\.task)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func start(_ entry: ModelEntry, _ download: ModelDownload) {
        let progress = LatestProgress(sink: onProgress ?? logging())
        let fetch = ModelFetch(entry, from: download, modelsRoot: paths.modelsRoot, settings: settings) {
            progress.update($0)
        }
        // Unstructured because it outlives the request that asked first; `shutDown()` cancels and awaits it.
        let task = Task {
            do {
                try await fetch.run()
                finish(entry, failure: nil)
            } catch {
                finish(entry, failure: error)
            }
        }
        fetches[entry.directory] = Fetch(task: task, progress: progress)
    }

    private func finish(_ entry: ModelEntry, failure: (any Error)?) {
        let fetch = fetches.removeValue(forKey: entry.directory)
        failures[entry.name] = nil
        if let failure, !isShutDown {
            let reason = "\(failure)"
            let error = ModelError(.failed, "Model '\(entry.name)' could not be fetched. \(reason)", cause: failure)
            failures[entry.name] = (error, .now)
            fetch?.progress.update(DownloadProgress(model: entry.name, phase: .failed(reason: reason)))
            if let cause = (failure as? FetchError)?.cause {
                logger.debug("Fetch of \(entry.name) failed", metadata: ["cause": "\(cause)"])
            }
        }
        for waiter in (fetch?.waiters ?? [:]).values { waiter.finish() }
    }

    /// The failure of the fetch that a caller waited for, or one that is too fresh for another try.
    private func recentFailure(of entry: ModelEntry, since began: ContinuousClock.Instant) -> ModelError? {
        guard let (error, time) = failures[entry.name] else { return nil }
        return time >= began || ContinuousClock.now - time < settings.retryInterval ? error : nil
    }

    /// Waits until a fetch ends.
    ///
    /// - Returns: `false` if the time was up or the caller was cancelled before.
    private func wait(for directory: String, until deadline: ContinuousClock.Instant) async -> Bool {
        let (end, waiter) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingNewest(1))
        lastWaiter += 1
        let id = lastWaiter
        fetches[directory]?.waiters[id] = waiter
        defer { fetches[directory]?.waiters[id] = nil }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in end {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(until: deadline)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func notReady(_ entry: ModelEntry) -> ModelError {
        let amount = fetches[entry.directory]?.progress.value?.amount ?? "0 MB"
        return ModelError(
            .notReady, "Model '\(entry.name)' is downloading: \(amount). Ask again soon.", retryAfter: .seconds(10))
    }

    /// Writes the lines of one fetch to the log.
    private func logging() -> @Sendable (DownloadProgress) -> Void {
        let lines = Mutex(ProgressLines())
        return { [logger] progress in
            guard let line = lines.withLock({ $0.line(for: progress) }) else { return }
            if case .failed = progress.phase { logger.error("\(line)") } else { logger.info("\(line)") }
        }
    }
}
