import Concurrency
import EngineHost
import EngineLink
import Essentials
import ModelFamilies
import NIOCore
import SpeechTypes

/// Runs the engine of one model: starts it for a job, restarts it when it dies, and gives up when that is hopeless.
actor EngineSupervisor {
    /// The model this engine loads.
    nonisolated let model: ModelSpecification

    /// A job's place in a run of the engine, released with the value.
    struct Place: Sendable {
        let engine: EngineSupervisor
        let pass: SharedExclusiveLock.Pass
        let connection: EngineConnection
        /// Keeps the engine alive if it is another one than the job's own; `nil` otherwise.
        var ticket: JobCounter.Ticket?
    }

    /// Whether the model has been loaded at least once, in any run.
    private(set) var hasBeenLoaded = false

    private let surroundings: EngineContext
    private let metrics: EngineMetrics
    nonisolated let usage: JobCounter
    private let gate = SharedExclusiveLock()
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
    private var process: (id: Int32, loaded: Date?)?
    private var lastWords = ""
    /// Whether the next run replaces one that ended without being asked to.
    private var isReplacing = false

    init(
        model: ModelSpecification, staysLoaded: Bool, surroundings: EngineContext, isShuttingDown: Bool = false
    ) {
        self.model = model
        self.staysLoaded = staysLoaded
        self.isShuttingDown = isShuttingDown
        self.surroundings = surroundings
        usage = JobCounter { [room = surroundings.room, executor = surroundings.executor] in
            Task(executorPreference: executor) { await room.carryOut() }
        }
        metrics = EngineMetrics(of: model.name, in: surroundings.metrics)
    }

    /// The engine's status.
    var status: EngineStatus { EngineStatus(lifecycle.state) }

    /// The state of the engine.
    var report: EngineReport {
        let jobs = usage.jobs
        return EngineReport(
            model: model.name, status: status, process: process?.id,
            memory: process.flatMap { ProcessMemory.resident(of: $0.id) }, requests: jobs,
            abandoned: usage.abandoned,
            idleSince: jobs == 0 ? [usage.idleSince, process?.loaded].compactMap { $0 }.max() : nil,
            isEnding: isRetired)
    }

    /// The state of the engine, with its decode lanes if it runs and answers in time.
    func measurement() async -> EngineReport {
        var report = report
        guard lifecycle.state == .running, let connection = try? await current.value() else { return report }
        report.lanes = await connection.load(within: Self.measuringTime)
        return report
    }

    /// How long an engine may take to report its lanes.
    private static let measuringTime = TimeAmount.milliseconds(500)

    /// Starts the engine unless it runs or must not be retried yet, without waiting for it.
    ///
    /// - Returns: The engine's status after that.
    func wake() async -> EngineStatus {
        let files = await files
        if !isShuttingDown { follow(lifecycle.wanted(at: .now, files: files)) }
        return status
    }

    /// Loads the model unless it is loaded, and waits for it.
    ///
    /// - Throws: `EngineError`.
    func load() async throws {
        _ = try await connection()
    }

    /// Accepts a job, which starts when its first event is requested. The job counts from now on: `retire()` waits for
    /// it.
    ///
    /// - Returns: Events that may throw `TranscriptionError` and `EngineError`.
    nonisolated func transcribe(_ job: TranscriptionJob) -> TranscriptEvents {
        let job = EngineJob(job, supervisor: self, ticket: usage.begin())
        return TranscriptEvents { try await job.next() }
    }

    /// Sets whether the engine is restarted at once when it dies, so that the next job finds it ready.
    func keepLoaded(_ staysLoaded: Bool) {
        self.staysLoaded = staysLoaded
    }

    /// Whether the engine was ended because it was idle, and has not been needed since.
    var isResting: Bool { lifecycle.isResting }

    /// Whether it has no job, no process and no failure to remember.
    var isUnused: Bool { usage.jobs == 0 && process == nil && lifecycle.state == .stopped }

    /// Ends the process if it has no job, to free its memory; the next job starts it again.
    ///
    /// - Returns: Whether it has ended.
    func unload() async -> Bool {
        // From here on, a new job waits at the gate and then finds that the engine has to be started.
        guard usage.jobs == 0, lifecycle.state == .running, let pass = gate.enterIfEmpty() else { return false }
        await endRun(inside: pass)
        return true
    }

    /// Ends the process while no job is inside.
    private func endRun(inside pass: SharedExclusiveLock.Pass) async {
        lifecycle.unloaded()
        unloadedRun = runs
        current = OneShot()
        running?.cancel()
        await running?.value
        withExtendedLifetime(pass) {}
    }

    /// Ends the engine after its current jobs. The caller must give it no further one.
    func retire() async {
        isRetired = true
        staysLoaded = false
        // Its last jobs end soon and its successor is needed now, so it gives up its slot.
        await surroundings.room.leave(self)
        try? await usage.waitUntilIdle()
        await shutDown()
    }

    /// Whether the model's files differ from those that the engine was started with.
    var hasOtherFiles: Bool {
        get async {
            guard lifecycle.state == .running else { return false }
            let files = await elsewhere { [model] in ModelFilesStamp(of: model) }
            return lifecycle.state == .running && files != lifecycle.triedFiles
        }
    }

    /// Ends the engine. Running jobs fail with an error.
    func shutDown() async {
        isShuttingDown = true
        current.resolve(.failure(EngineError.shuttingDown))
        running?.cancel()
        await running?.value
    }

    /// Lets a job into the engine, loading the model first if necessary.
    func admit() async throws -> Place {
        Place(engine: self, pass: try await gate.enter(.shared), connection: try await connection())
    }

    /// Admits a job that was running when an engine ended: to the quarantine, or, if there is no memory for that, to
    /// this engine once it has nothing to do.
    ///
    /// - Parameter weight: The recording's size; of the waiting jobs, the smallest goes first.
    /// - Returns: Its place.
    /// - Throws: `EngineError`, `CancellationError`.
    func admitSuspect(weighing weight: Int) async throws -> Place {
        let deadline = ContinuousClock.now + surroundings.suspectWait
        repeat {
            guard !isShuttingDown else { throw EngineError.shuttingDown }
            if let (engine, ticket) = try await surroundings.quarantine?.engine(for: model) {
                do {
                    return try await engine.admitAlone(weighing: weight, keptBy: ticket)
                } catch let error as EngineError where error.code == .modelNotReady {
                    // The engine runs a suspect of another model, perhaps for a long time. The wait for a model may be 0.
                    try await Task.sleep(for: Self.suspectPause)
                    continue
                }
            }
            if let pass = gate.enterIfEmpty() {
                return Place(engine: self, pass: pass, connection: try await connection())
            }
            try await Task.sleep(for: Self.suspectPause)
        } while .now < deadline
        throw EngineError(
            .overloaded,
            "The engine of model '\(model.name)' ended while it worked on this recording, and for \(surroundings.suspectWait) "
                + "there has been no room to try it again apart from other requests. Try again later.")
    }

    /// How often a suspect checks for free memory.
    private static let suspectPause = Duration.seconds(1)

    /// Admits one suspect at a time. The first one has to wait for the model anyway; those that arrive meanwhile are
    /// sorted by weight by then.
    private func admitAlone(weighing weight: Int, keptBy ticket: JobCounter.Ticket) async throws -> Place {
        do {
            if lifecycle.state != .running, let pass = gate.enterIfEmpty() {
                let connection = try await connection()
                if gate.isNext(weighing: weight) {
                    return Place(engine: self, pass: pass, connection: connection, ticket: ticket)
                }
            }
            let pass = try await gate.enter(.alone(weight: weight))
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
    func settle(_ failure: EngineConnection.Failure, in run: Int) async throws {
        guard run == runs, let running else { return }
        if let reason = failure.reasonToEnd {
            surroundings.logger.error("\(reason)", metadata: ["model": "\(model.name)"])
            running.cancel()
            return await running.value
        }
        if failure.mayBeAnEnd, try await running.ends(within: Self.endingTime) { return }
        let error = EngineError(failure, model: model.name)
        surroundings.logger.error(
            "A job failed; its engine goes on.",
            metadata: ["model": "\(model.name)", "reason": "\(failure.reason)"])
        throw error
    }

    /// How long the exit of a process may be reported after its connections have closed.
    private static let endingTime = Duration.seconds(5)

    /// The error for a job that ended the engine twice.
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
        guard let connection = try await current.value(within: surroundings.loadWait) else {
            let reason =
                isWaitingForRoom
                ? "waits for room in memory: as many models as max_loaded_models allows are at work"
                : "is still being loaded"
            throw EngineError(
                .modelNotReady, "Model '\(model.name)' \(reason), after \(surroundings.loadWait). Try again soon.")
        }
        return connection
    }

    /// The model's current files; while the engine runs or loads, those of the last start, without looking.
    private var files: ModelFilesStamp {
        get async {
            switch lifecycle.state {
            case .running, .loading: lifecycle.triedFiles ?? ModelFilesStamp()
            case .stopped, .failed: await elsewhere { [model] in ModelFilesStamp(of: model) }
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
        let run = EngineRun(runs, of: model, in: surroundings)
        running = Task { [previous = running] in
            // A run that refused its files may not have ended yet; two runs must never overlap.
            await withTaskCancellationHandler {
                await previous?.value
            } onCancel: {
                previous?.cancel()
            }
            try? await Task.sleep(for: delay)
            guard await takePlace() else {
                // It may have been given a slot and been cancelled at once.
                return await surroundings.room.leave(self)
            }
            let end = await run(began: { await self.began($0) }, report: { await self.heard($0, from: run) })
            self.ended(end, of: run, files: await elsewhere { [model] in ModelFilesStamp(of: model) })
            await surroundings.room.leave(self)
        }
    }

    /// Waits for a slot in memory.
    ///
    /// - Returns: `false` if the engine must not start any more.
    private func takePlace() async -> Bool {
        if !isRetired {
            isWaitingForRoom = true
            defer { isWaitingForRoom = false }
            try? await surroundings.room.enter(self)
        }
        return !Task.isCancelled
    }

    private func began(_ id: Int32) {
        process = (id, nil)
    }

    private func heard(_ notice: EngineNotice, from run: EngineRun) async {
        guard run.number == runs, lifecycle.state == .loading else { return }
        if case .failed(let reason) = notice {
            follow(lifecycle.refused(reason, at: .now))
        } else if case .ready = notice, let connection = run.connection {
            lifecycle.loaded()
            hasBeenLoaded = true
            metrics.count(EngineMetrics.loads)
            process?.loaded = Date()
            current.resolve(.success(connection))
            await surroundings.room.finishedLoading(self)
        }
    }

    private func ended(_ end: EngineEnd, of run: EngineRun, files: ModelFilesStamp) {
        if process?.loaded != nil { metrics.count(EngineMetrics.unloads) }
        process = nil
        if isRetired && isShuttingDown || run.number == unloadedRun {
            run.logger.info("The model was unloaded.")
        }
        guard !isShuttingDown, run.number != unloadedRun else { return }
        lastWords = end.lastWords.isEmpty ? end.status : "\(end.status): \(end.lastWords)"
        if end.isShortage, lifecycle.state == .loading { return postpone(run) }
        if case .failed(let reason) = lifecycle.state {
            run.logger.error("The model cannot be used.", metadata: ["reason": "\(reason)"])
        } else {
            run.logger.error("The engine ended.", metadata: ["reason": "\(lastWords)"])
            isReplacing = true
        }
        guard run.number == runs else { return }
        running = nil
        let wasRunning = lifecycle.state == .running
        // Jobs that entered while the model loads keep waiting for the next run.
        if wasRunning { gate.forgetAllInside() }
        let reason = "Model '\(model.name)' cannot be loaded: its engine ended with \(lastWords)"
        follow(lifecycle.died(reason, at: .now, files: files))
        guard wasRunning else { return }
        current = OneShot()
        if staysLoaded { follow(lifecycle.wanted(at: .now, files: files)) }
    }

    /// Fails the jobs that wait for a run that could not start: the server lacks a resource, and the model may be good.
    private func postpone(_ run: EngineRun) {
        run.logger.error("The engine could not be started now.", metadata: ["reason": "\(lastWords)"])
        guard run.number == runs else { return }
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
    /// Waits for the end of the task, up to a limit.
    ///
    /// - Returns: Whether it has ended.
    /// - Throws: `CancellationError`.
    fileprivate func ends(within limit: Duration) async throws -> Bool {
        let end = OneShot<Void>()
        Task<Void, Never> {
            await value
            end.resolve(.success(()))
        }
        return try await end.value(within: limit) != nil
    }
}
