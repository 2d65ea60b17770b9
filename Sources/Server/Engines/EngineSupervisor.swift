import Concurrency
import EngineHost
import EngineLink
import Essentials
import Logging
import ModelFamilies
import NIOCore
import SpeechTypes

/// Runs the engine of one model: starts it for a job, restarts it when it dies, and gives up when that is hopeless.
actor EngineSupervisor {
    nonisolated let model: ModelSpecification

    /// A job's place in a run of the engine, released with the value.
    struct Place: Sendable {
        let engine: EngineSupervisor
        let pass: AsyncSemaphore.Permit
        let connection: EngineConnection
        /// Keeps the engine alive if it is another one than the job's own; `nil` otherwise.
        var ticket: JobCounter.Ticket?
    }

    /// Whether the model has been loaded at least once, in any run.
    private(set) var hasBeenLoaded = false

    private let context: EngineContext
    private let logger: Logger
    private let metrics: EngineMetrics
    nonisolated let usage: JobCounter
    /// Admits jobs: any number at once, or one alone. After a crash it is unknown which job caused it, so each is run
    /// again alone (`Quarantine`).
    private let gate = AsyncSemaphore()
    private var staysLoaded = false
    private var isRetired = false
    private var isShuttingDown: Bool
    private var isWaitingForRoom = false
    /// The run that was ended on purpose.
    private var unloadedRun: Int?
    private var lifecycle = EngineLifecycle()
    private var current = OneShot<EngineConnection>()
    private var running: Task<Void, Never>?
    private var runs = 0
    private var process: (id: Int32, connection: EngineConnection, loaded: Date?)?
    private var lastWords = ""
    /// Whether the next run replaces one that ended without being asked to.
    private var isReplacing = false

    init(
        model: ModelSpecification, staysLoaded: Bool, context: EngineContext, isShuttingDown: Bool = false
    ) {
        self.model = model
        self.staysLoaded = staysLoaded
        self.isShuttingDown = isShuttingDown
        self.context = context
        var logger = context.logger
        logger[metadataKey: "model"] = "\(model.name)"
        self.logger = logger
        usage = JobCounter { [room = context.room, executor = context.configuration.executor] in
            Task(executorPreference: executor) { await room.carryOut() }
        }
        metrics = EngineMetrics(of: model.name, in: context.metrics)
    }

    var status: EngineStatus { lifecycle.status }

    var report: EngineReport {
        let jobs = usage.jobs
        return EngineReport(
            model: model.name, status: status, process: process?.id,
            memory: process.flatMap { ProcessMemory.resident(of: $0.id) }, requests: jobs,
            abandoned: usage.abandoned,
            idleSince: jobs == 0 ? [usage.idleSince, process?.loaded].compactMap { $0 }.max() : nil,
            isEnding: isRetired)
    }

    /// The report, with the decode lanes if the engine runs and answers in time.
    func measurement() async -> EngineReport {
        var report = report
        guard lifecycle.status == .loaded, let connection = try? await current.value() else { return report }
        report.lanes = await connection.load(within: Self.measuringTime)
        return report
    }

    /// How long an engine may take to report its lanes.
    private static let measuringTime = TimeAmount.milliseconds(500)

    /// Starts the engine unless it runs or must not be retried yet, without waiting for it; returns its status then.
    func wake() async -> EngineStatus {
        let files = await files
        if !isShuttingDown { follow(lifecycle.wanted(at: .now, files: files)) }
        return status
    }

    func load() async throws { _ = try await connection() }

    /// Accepts a job, which starts when its first event is requested. The job counts from now on: `retire()` waits for
    /// it. It ends with the segment that `isEnough`, if not before. Its events may throw `TranscriptionError` and
    /// `EngineError`.
    nonisolated func transcribe(
        _ job: TranscriptionJob, onProgress: @escaping @Sendable (JobProgress) -> Void,
        until isEnough: @escaping @Sendable (Transcript.Segment) -> Bool
    ) -> TranscriptEvents {
        let job = EngineJob(job, onProgress: onProgress, until: isEnough, supervisor: self, ticket: usage.begin())
        return TranscriptEvents { try await job.next() }
    }

    /// Sets whether the engine is restarted at once when it dies, so that the next job finds it ready.
    func keepLoaded(_ staysLoaded: Bool) { self.staysLoaded = staysLoaded }

    /// Whether the engine was ended because it was idle, and has not been needed since.
    var isResting: Bool { lifecycle.isResting }

    /// Whether it has no job, no process and no failure to remember.
    var isUnused: Bool { usage.jobs == 0 && process == nil && lifecycle.status == .unloaded }

    /// Ends the process if it has no job, to free its memory; the next job starts it again. Returns whether it ended.
    func unload() async -> Bool {
        // From here on, a new job waits at the gate and then finds that the engine has to be started.
        guard usage.jobs == 0, lifecycle.status == .loaded, let pass = gate.acquireAllIfFree() else { return false }
        lifecycle.unloaded()
        unloadedRun = runs
        current = OneShot()
        running?.cancel()
        await running?.value
        withExtendedLifetime(pass) {}
        return true
    }

    /// Ends the engine after its current jobs. The caller must give it no further one.
    func retire() async {
        isRetired = true
        staysLoaded = false
        // Its last jobs end soon and its successor is needed now, so it gives up its slot.
        await context.room.leave(self)
        try? await usage.waitUntilIdle()
        await shutDown()
    }

    /// Whether the model's files differ from those that the engine was started with.
    var hasOtherFiles: Bool {
        get async {
            guard lifecycle.status == .loaded else { return false }
            let files = await elsewhere { [model] in ModelFilesStamp(of: model) }
            return lifecycle.status == .loaded && files != lifecycle.triedFiles
        }
    }

    func shutDown() async {
        isShuttingDown = true
        current.resolve(.failure(EngineError.shuttingDown))
        running?.cancel()
        await running?.value
    }

    /// Lets a job into the engine, loading the model first if necessary.
    func admit() async throws -> Place {
        Place(engine: self, pass: try await gate.acquire(), connection: try await connection())
    }

    /// Admits a job that was running when an engine ended: to the quarantine, or, if there is no memory for that, to
    /// this engine once it has nothing to do. The weight is the recording's size; of the waiting jobs, the smallest
    /// goes first.
    func admitSuspect(weighing weight: Int) async throws -> Place {
        let wait = context.configuration.suspectWait
        let deadline = ContinuousClock.now + wait
        repeat {
            guard !isShuttingDown else { throw EngineError.shuttingDown }
            if let (engine, ticket) = try await context.quarantine?.engine(for: model) {
                do {
                    return try await engine.admitAlone(weighing: weight, keptBy: ticket)
                } catch let error as EngineError where error.code == .modelNotReady {
                    // The engine runs a suspect of another model, perhaps for long. The wait for a model may be 0.
                    try await Task.sleep(for: Self.suspectPause)
                    continue
                }
            }
            if let pass = gate.acquireAllIfFree() {
                return Place(engine: self, pass: pass, connection: try await connection())
            }
            try await Task.sleep(for: Self.suspectPause)
        } while .now < deadline
        throw EngineError(
            .overloaded,
            "The engine of model '\(model.name)' ended while it worked on this recording, and for \(wait) there has "
                + "been no room to try it again apart from other requests. Try again later.")
    }

    /// How often a suspect checks for free memory.
    private static let suspectPause = Duration.seconds(1)

    /// Admits one suspect at a time. The first one has to wait for the model anyway; those that arrive meanwhile are
    /// sorted by weight by then.
    private func admitAlone(weighing weight: Int, keptBy ticket: JobCounter.Ticket) async throws -> Place {
        do {
            if lifecycle.status != .loaded, let pass = gate.acquireAllIfFree() {
                let connection = try await connection()
                if gate.isNext(weighing: weight) {
                    return Place(engine: self, pass: pass, connection: connection, ticket: ticket)
                }
            }
            let pass = try await gate.acquire(.exclusive(weight: weight))
            return Place(engine: self, pass: pass, connection: try await connection(), ticket: ticket)
        } catch {
            // The job is still counted by its own engine.
            ticket.answer()
            throw error
        }
    }

    /// Finds out why a job got no answer, and returns if the engine's process has ended, so that the job may be
    /// retried. Ends an engine that hangs.
    ///
    /// - Throws: `EngineError` if the engine goes on, so that only this job has failed; `CancellationError`.
    func settle(_ failure: EngineConnectionFailure, in run: Int) async throws {
        guard run == runs, let running else { return }
        if let reason = failure.reasonToEnd {
            logger.error("\(reason)")
            running.cancel()
            return await running.value
        }
        if failure.mayBeAnEnd, try await running.ends(within: Self.endingTime) { return }
        let error = EngineError(failure, model: model.name)
        logger.error("A job failed; its engine goes on.", metadata: ["reason": "\(failure.reason)"])
        throw error
    }

    /// How long the exit of a process may be reported after its connections have closed.
    private static let endingTime = Duration.seconds(5)

    func crashError() -> EngineError {
        EngineError(
            .crashed,
            "The engine of model '\(model.name)' ended twice while it worked on this recording (\(lastWords)). "
                + "Other requests are not affected; do not send this one again unchanged.")
    }

    private func connection() async throws -> EngineConnection {
        guard !isShuttingDown else { throw EngineError.shuttingDown }
        let files = await files
        guard !isShuttingDown else { throw EngineError.shuttingDown }
        follow(lifecycle.wanted(at: .now, files: files))
        let wait = context.configuration.loadWait
        guard let connection = try await current.value(within: wait) else {
            let reason =
                isWaitingForRoom
                ? "waits for room in memory: as many models as max_loaded_models allows are at work"
                : "is still being loaded"
            throw EngineError(
                .modelNotReady, "Model '\(model.name)' \(reason), after \(wait). Try again soon.")
        }
        return connection
    }

    /// The model's current files; while the engine runs or loads, those of the last start, without looking.
    private var files: ModelFilesStamp {
        get async {
            switch lifecycle.status {
            case .loaded, .loading: lifecycle.triedFiles ?? ModelFilesStamp()
            case .unloaded, .failed: await elsewhere { [model] in ModelFilesStamp(of: model) }
            }
        }
    }

    private func follow(_ action: EngineLifecycle.Action) {
        switch action {
        case .nothing: break
        case .giveUp(let reason): giveUp(reason)
        case .start(let delay): start(after: delay)
        }
    }

    private func giveUp(_ reason: String) {
        if current.isResolved { current = OneShot() }
        current.resolve(.failure(EngineError(.modelFailed, reason)))
    }

    /// Starts the engine, even if all callers leave meanwhile: a client that was asked to retry finds it loaded.
    private func start(after delay: Duration) {
        runs += 1
        if exchange(&isReplacing, with: false) { metrics.count(EngineMetrics.restarts) }
        if current.isResolved { current = OneShot() }
        running = Task { [run = runs, previous = running] in
            // A run that refused its files may not have ended yet; two runs must never overlap.
            await withTaskCancellationHandler {
                await previous?.value
            } onCancel: {
                previous?.cancel()
            }
            try? await Task.sleep(for: delay)
            guard await takePlace() else {
                // It may have been given a slot and been cancelled at once.
                return await context.room.leave(self)
            }
            let end = await context.run(model, logger: logger) { id, socket in
                await self.began(run, as: id, socket)
            } notice: { notice in
                await self.heard(notice, from: run)
            }
            self.ended(end, of: run, files: await elsewhere { [model] in ModelFilesStamp(of: model) })
            await context.room.leave(self)
        }
    }

    /// Waits for a slot in memory; returns `false` if the engine must not start any more.
    private func takePlace() async -> Bool {
        if !isRetired {
            isWaitingForRoom = true
            defer { isWaitingForRoom = false }
            try? await context.room.enter(self)
        }
        return !Task.isCancelled
    }

    private func began(_ run: Int, as id: Int32, _ socket: LinkSocket) {
        let connection = EngineConnection(
            over: socket, run: run, on: context.configuration.executor.eventLoop,
            patience: TimeAmount(context.configuration.patience))
        process = (id, connection, nil)
    }

    private func heard(_ notice: EngineNotice, from run: Int) async {
        guard run == runs, lifecycle.status == .loading else { return }
        if case .failed(let reason) = notice {
            follow(lifecycle.refused(reason, at: .now))
        } else if case .ready = notice, let connection = process?.connection {
            lifecycle.loaded()
            hasBeenLoaded = true
            metrics.count(EngineMetrics.loads)
            process?.loaded = Date()
            current.resolve(.success(connection))
            await context.room.finishedLoading(self)
        }
    }

    private func ended(_ end: EngineEnd, of run: Int, files: ModelFilesStamp) {
        if process?.loaded != nil { metrics.count(EngineMetrics.unloads) }
        process = nil
        if isRetired && isShuttingDown || run == unloadedRun { logger.info("The model was unloaded.") }
        guard !isShuttingDown, run != unloadedRun else { return }
        lastWords = end.lastWords.isEmpty ? end.status : "\(end.status): \(end.lastWords)"
        if end.isShortage, lifecycle.status == .loading { return postpone(run) }
        if case .failed(let reason) = lifecycle.status {
            logger.error("The model cannot be used.", metadata: ["reason": "\(reason)"])
        } else {
            logger.error("The engine ended.", metadata: ["reason": "\(lastWords)"])
            isReplacing = true
        }
        guard run == runs else { return }
        running = nil
        let wasRunning = lifecycle.status == .loaded
        // Jobs that entered while the model loads keep waiting for the next run.
        if wasRunning { gate.forgetHolders() }
        let reason = "Model '\(model.name)' cannot be loaded: its engine ended with \(lastWords)"
        follow(lifecycle.died(reason, at: .now, files: files))
        guard wasRunning else { return }
        current = OneShot()
        if staysLoaded { follow(lifecycle.wanted(at: .now, files: files)) }
    }

    /// Fails the jobs that wait for a run that could not start: the server lacks a resource, and the model may be good.
    private func postpone(_ run: Int) {
        logger.error("The engine could not be started now.", metadata: ["reason": "\(lastWords)"])
        guard run == runs else { return }
        running = nil
        lifecycle.postponed()
        current.resolve(
            .failure(
                EngineError(
                    .overloaded,
                    "The server cannot start the engine of model '\(model.name)' now (\(lastWords)). Try again soon.")))
    }
}

extension Task<Void, Never> {
    /// Waits for the end of the task, up to a limit; returns whether it has ended.
    fileprivate func ends(within limit: Duration) async throws -> Bool {
        let end = OneShot<Void>()
        Task<Void, Never> {
            await value
            end.resolve()
        }
        return try await end.value(within: limit) != nil
    }
}
