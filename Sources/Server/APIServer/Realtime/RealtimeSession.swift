import Concurrency
import Engines
import Essentials
import Logging
import ModelFamilies
import ModelStore
import NIOCore
import NIOWebSocket
import PrometheusMetrics
import ServiceLifecycle
import SpeechTypes
import TranscriptFormats

/// One live session: takes the client's events, has its audio heard by an engine, and sends turns and text.
actor RealtimeSession: LiveSessionInHand {
    /// Why a session ended.
    enum Ending: Sendable {
        /// The client closed the connection, or violated the protocol.
        case byClient
        /// The server that hears it closed it.
        case byUpstream
        /// It has lasted as long as a session may.
        case expired
        /// It has sent no audio for too long.
        case idle
        /// The server stops.
        case shutdown
        /// It sent something other than text.
        case notText
        /// The model cannot be used, or the server failed.
        case failed(APIError)

        /// The ending in a word, for the log.
        var word: String {
            switch self {
            case .byClient: "client"
            case .byUpstream: "upstream"
            case .expired: "expired"
            case .idle: "idle"
            case .shutdown: "shutdown"
            case .notText: "no text"
            case .failed(let error): error.code
            }
        }
    }

    nonisolated let id = RealtimeID.make("sess")
    private let socket: WebSocket
    private let catalog: ModelService
    private let limits: RealtimeLimits
    private let metrics: MetricRegistry
    private var clock = TurnClock()
    private let expiry: Int
    private let (outgoing, output) = AsyncStream.makeStream(of: String.self)
    private let ended = OneShot<Ending>()
    /// Resolves when all events have been sent.
    private let written = OneShot<Void>()
    private var configuration: RealtimeConfiguration
    private var conversation = RealtimeConversation()
    private var entry: ModelEntry
    /// The job of the model in use.
    private var job: LiveJob
    private var jobNumber = 0
    /// What takes the events of a job, by its number: of the one in use, and of former ones that complete their turns.
    private var work: [Int: Task<Void, Never>] = [:]
    /// Each such job, with the name of its model.
    private var jobs: [Int: (job: LiveJob, model: String)] = [:]
    private var lastAudio = ContinuousClock.now
    /// Whether audio of the client waits to be heard.
    private var isTakingAudio = false
    /// The bytes of the events that have not been sent, and what resolves when they are few.
    private var (unsent, drained) = (0, OneShot<Void>())
    private var state: SessionSummary

    init(
        over socket: WebSocket, catalog: ModelService, entry: ModelEntry, configuration: RealtimeConfiguration,
        limits: RealtimeLimits, metrics: MetricRegistry
    ) {
        self.socket = socket
        self.catalog = catalog
        self.entry = entry
        self.configuration = configuration
        self.limits = limits
        self.metrics = metrics
        job = catalog.live(entry, configuration.settings, from: 0)
        expiry = Int(Date().timeIntervalSince1970 + limits.longest.inSeconds)
        state = SessionSummary(id: id, model: entry.name)
    }

    /// What the log and `/v1/ps` tell.
    var summary: SessionSummary {
        var summary = state
        summary.turns = conversation.turnCount
        return summary
    }

    /// The sound that has no text yet, by the name of the model.
    var backlogs: [String: Duration] {
        get async {
            var backlogs: [String: Duration] = [:]
            for (job, model) in jobs.values { backlogs[model, default: .zero] += await job.backlogLength }
            return backlogs
        }
    }

    /// Runs the session until its end, and closes the connection.
    func run() async {
        emit(.created(session: json))
        startJob()
        await withTaskGroup { group in
            group.addTask { await self.write() }
            group.addTask { await self.read() }
            group.addTask { await self.watchTimes() }
            group.addTask {
                try? await gracefulShutdown()
                if !Task.isCancelled { self.ended.resolve(.success(.shutdown)) }
            }
            let ending = (try? await ended.value()) ?? .byClient
            await end(ending)
            group.cancelAll()
        }
    }

    // MARK: The client's side

    private func read() async {
        for await message in socket.messages {
            guard case .text(let bytes) = message else { return ended.resolve(.success(.notText)) }
            while unsent > Self.mostUnsent, (try? await drained.value()) != nil {}
            do {
                let received = try ClientEvent.parse(bytes)
                do {
                    try await carryOut(received)
                } catch let error as APIError {
                    emit(.error(error, cause: received.id))
                } catch let error as ModelError {
                    emit(.error(APIError(error), cause: received.id))
                } catch {
                    // The session has ended meanwhile.
                }
            } catch {
                emit(.error(error.error, cause: error.id))
            }
        }
        ended.resolve(.success(.byClient))
    }

    private func emit(_ event: ServerEvent) {
        let text = event.text
        unsent += text.utf8.count
        output.yield(text)
    }

    /// While more bytes than this wait to be sent, no more events of the client are taken.
    private static let mostUnsent = 256 << 10

    private func write() async {
        for await text in outgoing {
            do {
                try await socket.send(text: text)
                unsent -= text.utf8.count
                if unsent <= Self.mostUnsent { exchange(&drained, with: OneShot()).resolve() }
            } catch {
                ended.resolve(.success(.byClient))
                break
            }
        }
        written.resolve()
    }

    private func carryOut(_ received: ClientEvent.Received) async throws {
        switch received.event {
        case .update(let session): try await update(session)
        case .append(let audio):
            isTakingAudio = true
            defer { (isTakingAudio, lastAudio) = (false, .now) }
            let second = configuration.format.rate * configuration.format.bytesPerSample
            var rest = audio[...]
            while !rest.isEmpty {
                try await job.send(Array(rest.prefix(second)))
                rest = rest.dropFirst(second)
            }
            state.audio += configuration.format.duration(bytes: audio.count)
        case .commit:
            conversation.commit(received.id, of: jobNumber)
            try await job.send(.commit)
        case .clear: try await job.send(.clear)
        }
    }

    private func update(_ session: JSONValue) async throws {
        let new = try configuration.merging(session)
        var entry = entry
        if let wanted = new.transcription, wanted.model != configuration.transcription?.model {
            entry = try await catalog.resolve(wanted.model)
        }
        try await catalog.checkLive(new.transcription, of: entry)
        let hasOtherModel = entry.specification != self.entry.specification
        let hasOtherSettings = new.settings != configuration.settings
        if configuration.turnDetection == nil, new.turnDetection != nil { conversation.beginSilence() }
        (configuration, self.entry) = (new, entry)
        state.model = entry.name
        emit(.updated(session: json))
        if hasOtherModel {
            await changeModel()
        } else if hasOtherSettings {
            try await job.send(.update(new.settings))
        }
    }

    private var json: JSONValue { configuration.json(id: id, expiry: expiry, model: entry.name) }

    // MARK: The engine's side

    private func startJob() {
        guard state.ending == nil else { return }
        jobs[jobNumber] = (job, entry.name)
        work[jobNumber] = Task { [job, jobNumber] in await self.work(on: job, number: jobNumber) }
    }

    /// Completes the turns of the job, or ends it if it has nothing to do: its model need not be loaded for that.
    private func finish(_ number: Int) async {
        if await job.hasWork { try? await job.send(.finish) } else { work[number]?.cancel() }
    }

    /// Completes all turns: the open one as if it had been committed.
    private func finish() async {
        await finish(jobNumber)
        for task in work.values { await task.value }
    }

    /// Completes the turns of the old model's job, and continues with a job of the new one.
    private func changeModel() async {
        let former = jobNumber
        jobNumber += 1
        await finish(former)
        // If a client changes its model all the time, it waits until the first of its jobs has ended.
        while work.count >= Self.mostJobs, let oldest = work.keys.min() { await work[oldest]?.value }
        job = catalog.live(entry, configuration.settings, from: await job.end)
        startJob()
    }

    /// The most jobs of a session at the same time.
    private static let mostJobs = 4

    private func work(on job: LiveJob, number: Int) async {
        defer { (work[number], jobs[number]) = (nil, nil) }
        do {
            while let event = try await job.next() { receive(event, of: number) }
        } catch is CancellationError {
            return
        } catch {
            let error = APIError(error) ?? .unforeseen
            guard number != jobNumber else { return ended.resolve(.success(.failed(error))) }
            // The session goes on with another model.
            for event in conversation.fail(job: number, error, configuration) { tell(event, of: number) }
        }
    }

    private func receive(_ event: LiveEvent, of job: Int) {
        for event in conversation.receive(event, of: job, configuration) { tell(event, of: job) }
    }

    private func tell(_ event: ServerEvent, of job: Int) {
        if configuration.transcription != nil, let model = jobs[job]?.model {
            clock.receive(event, of: model, in: metrics)
        }
        emit(event)
    }

    // MARK: The end

    private func watchTimes() async {
        let start = ContinuousClock.now
        while !Task.isCancelled {
            let expired = start + limits.longest
            let idle = (isTakingAudio ? .now : lastAudio) + limits.idleTime
            if .now >= expired { return ended.resolve(.success(.expired)) }
            if .now >= idle { return ended.resolve(.success(.idle)) }
            try? await Task.sleep(until: min(expired, idle))
        }
    }

    private func end(_ ending: Ending) async {
        state.ending = ending
        switch ending {
        case .byClient: break
        case .shutdown:
            await withTaskGroup { group in
                group.addTask { await self.finish() }
                group.addTask { [limits] in try? await Task.sleep(for: limits.farewell) }
                await group.next()
                for task in work.values { task.cancel() }
                group.cancelAll()
            }
            await close(ending)
        case .byUpstream, .notText, .idle, .expired, .failed:
            if let error = ending.error(limits) { emit(.error(error, cause: nil)) }
            await close(ending)
        }
        for task in work.values { task.cancel() }
    }

    private func close(_ ending: Ending) async {
        output.finish()
        _ = try? await written.value(within: .seconds(5))
        let (code, reason) = ending.closing(limits)
        await socket.close(code, reason: reason)
    }
}
