import Concurrency
import EngineHost
import EngineLink
import Essentials
import ModelFamilies
import NIOCore
import SpeechTypes

/// Keeps the engine of one model: starts it when a job wants it, again when it dies, and not when that is hopeless.
actor EngineSupervisor {
    /// The model this engine loads.
    nonisolated let model: ModelSpecification

    /// A job's place in a run of the engine, given back when the value goes.
    struct Place: Sendable {
        let engine: EngineSupervisor
        let pass: SharedExclusiveLock.Pass
        let connection: EngineConnection
        /// What keeps an engine that is not the job's own; `nil` if it is.
        var ticket: JobCounter.Ticket?
    }

    /// Whether the model has been loaded at least once, however often its engine restarted since.
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
    /// Whether the next run stands in for one that ended without being asked to.
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

    /// Where the engine is in its life.
    var status: EngineStatus { EngineStatus(lifecycle.state) }

    /// What the engine is doing.
    var report: EngineReport {
        let jobs = usage.jobs
        return EngineReport(
            model: model.name, status: status, process: process?.id,
            memory: process.flatMap { ProcessMemory.resident(of: $0.id) }, requests: jobs,
            abandoned: usage.abandoned,
            idleSince: jobs == 0 ? [usage.idleSince, process?.loaded].compactMap { $0 }.max() : nil,
            isEnding: isRetired)
    }

    /// What the engine is doing, its decode lanes included if it runs and answers soon.
    func measurement() async -> EngineReport {
        var report = report
        guard lifecycle.state == .running, let connection = try? await current.value() else { return report }
        report.lanes = await connection.load(within: Self.measuringTime)
        return report
    }

    /// How long an engine has to tell about its lanes.
    private static let measuringTime = TimeAmount.milliseconds(500)

    /// Starts the engine if it does not run and may be tried, without waiting for it.
    ///
    /// - Returns: Where it is then.
    func wake() async -> EngineStatus {
        let files = await files
        if !isShuttingDown { follow(lifecycle.wanted(at: .now, files: files)) }
        return status
    }

    /// Loads the model if it is not loaded, and waits until it is.
    ///
    /// - Throws: `EngineError`.
    func load() async throws {
        _ = try await connection()
    }

    /// Takes a job on, which starts when its first event is asked for. It is an engine's work from now on: `retire()`
    /// waits for it.
    ///
    /// - Returns: Events that may throw `TranscriptionError` and `EngineError`.
    nonisolated func transcribe(_ job: TranscriptionJob) -> TranscriptEvents {
        let job = EngineJob(job, supervisor: self, ticket: usage.begin())
        return TranscriptEvents { try await job.next() }
    }

    /// Whether the engine is to be started again at once when it dies, for the next job to find it ready.
    func keepLoaded(_ staysLoaded: Bool) {
        self.staysLoaded = staysLoaded
    }

    /// Whether the engine was ended because nobody needed it, and nobody has since.
    var isResting: Bool { lifecycle.isResting }

    /// Whether it has no job and no process, and nothing to remember.
    var isUnused: Bool { usage.jobs == 0 && process == nil && lifecycle.state == .stopped }

    /// Ends the process if it has no job, which gives its memory back; the next job starts it again.
    ///
    /// - Returns: Whether it has ended.
    func unload() async -> Bool {
        // Who comes from here on waits at the gate, and then finds that the engine has to be started.
        guard usage.jobs == 0, lifecycle.state == .running, let pass = gate.enterIfEmpty() else { return false }
        await endRun(inside: pass)
        return true
    }

    /// Ends the process while nobody else is inside.
    private func endRun(inside pass: SharedExclusiveLock.Pass) async {
        lifecycle.unloaded()
        unloadedRun = runs
        current = OneShot()
        running?.cancel()
        await running?.value
        withExtendedLifetime(pass) {}
    }

    /// Ends the engine after the jobs it has. Whoever retires it gives it no further one.
    func retire() async {
        isRetired = true
        staysLoaded = false
        // Its last jobs are soon done, and its successor is wanted now: it counts no longer.
        await surroundings.room.leave(self)
        try? await usage.waitUntilIdle()
        await shutDown()
    }

    /// Whether the model's files are others than those that the engine was started with.
    var hasOtherFiles: Bool {
        get async {
            guard lifecycle.state == .running else { return false }
            let files = await elsewhere { [model] in ModelFilesStamp(of: model) }
            return lifecycle.state == .running && files != lifecycle.triedFiles
        }
    }

    /// Ends the engine. Jobs in hand end with an error.
    func shutDown() async {
        isShuttingDown = true
        current.resolve(.failure(EngineError.shuttingDown))
        running?.cancel()
        await running?.value
    }

    /// Lets a job into the engine, loading the model first if need be.
    func admit() async throws -> Place {
        Place(engine: self, pass: try await gate.enter(.shared), connection: try await connection())
    }

    /// Lets a job in that was there when an engine ended: apart from everybody else, or, where there is no memory for that,
    /// once this engine has nothing to do.
    ///
    /// - Parameter weight: The recording's size: of those that wait, the smallest goes first.
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
                    // Another model's suspect has the engine, which may be for long.
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

    /// How often a suspect looks whether there is room.
    private static let suspectPause = Duration.seconds(1)

    /// Lets one suspect in at a time. The first has to wait for the model in any case, so that those who come right behind
    /// it are in order by then.
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
            // Its own engine counts it.
            ticket.answer()
            throw error
        }
    }

    /// Finds out what it means that a job has no answer, and returns if the engine's process has ended: then the job may
    /// be run again. An engine that hangs is ended here.
    ///
    /// - Throws: `EngineError` if the engine goes on, so that the failure is this job's alone; `CancellationError`.
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

    /// How long it may take until we hear of the end of a process whose connections have ended.
    private static let endingTime = Duration.seconds(5)

    /// What to tell a job that ended the engine twice.
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

    /// The model's files now, if that is of interest: while the engine runs or loads, nobody looks.
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

    /// Starts the engine, also if all who wanted it leave meanwhile: a client that was told to come again finds it loaded.
    private func start(after delay: Duration) {
        runs += 1
        if exchange(&isReplacing, with: false) { metrics.restarts.increment() }
        if current.isResolved { current = OneShot() }
        let run = EngineRun(runs, of: model, in: surroundings)
        running = Task { [previous = running] in
            // A run that refused its files may not have ended yet: there are never two.
            await withTaskCancellationHandler {
                await previous?.value
            } onCancel: {
                previous?.cancel()
            }
            try? await Task.sleep(for: delay)
            guard await takePlace() else {
                // It may have got a place and been cancelled at once.
                return await surroundings.room.leave(self)
            }
            let end = await run(began: { await self.began($0) }, report: { await self.heard($0, from: run) })
            self.ended(end, of: run, files: await elsewhere { [model] in ModelFilesStamp(of: model) })
            await surroundings.room.leave(self)
        }
    }

    /// Waits until the engine may be in memory.
    ///
    /// - Returns: `false` if it is no longer to be started.
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
            metrics.loads.increment()
            process?.loaded = Date()
            current.resolve(.success(connection))
            await surroundings.room.finishedLoading(self)
        }
    }

    private func ended(_ end: EngineEnd, of run: EngineRun, files: ModelFilesStamp) {
        if process?.loaded != nil { metrics.unloads.increment() }
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
        // Those who are inside while it loads go on waiting for the next run.
        if wasRunning { gate.forgetAllInside() }
        let reason = "Model '\(model.name)' cannot be loaded: its engine ended with \(lastWords)"
        follow(lifecycle.died(reason, at: .now, files: files))
        guard wasRunning else { return }
        current = OneShot()
        if staysLoaded { follow(lifecycle.wanted(at: .now, files: files)) }
    }

    /// Lets those who wait for a run go that could not be: the server is short of something, and the model may be good.
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
    /// Waits for the end of the task, but not for long.
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
