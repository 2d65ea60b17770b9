import Concurrency
import Engines
import Essentials
import Logging
import ModelFamilies
import ModelStore
import NIOCore
import NIOWebSocket
import ServiceLifecycle
import SpeechTypes
import TranscriptFormats

/// One live session: takes the client's events, has its audio heard by an engine, and sends turns and text.
actor RealtimeSession {
    /// Why a session ended.
    enum Ending: Sendable {
        /// The client closed the connection, or violated the protocol.
        case byClient
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
            case .expired: "expired"
            case .idle: "idle"
            case .shutdown: "shutdown"
            case .notText: "no text"
            case .failed(let error): error.code
            }
        }
    }

    /// A turn whose text is not complete.
    private struct Turn {
        let item = RealtimeID.make("item")
        var text = TurnText()
        var audio = 0..<0
    }

    /// The number of an engine's job and that of a turn in it.
    private struct TurnKey: Hashable {
        let job: Int
        let turn: Int
    }

    nonisolated let id = RealtimeID.make("sess")
    private let socket: WebSocket
    private let catalog: ModelService
    private let limits: RealtimeLimits
    private let expiry: Int
    private let (outgoing, output) = AsyncStream.makeStream(of: ServerEvent.self)
    private let ended = OneShot<Ending>()
    /// Resolves when all events have been sent.
    private let written = OneShot<Void>()
    private var configuration: RealtimeConfiguration
    private var entry: ModelEntry
    /// The job of the model in use; unresolved while the model is downloaded.
    private var job = OneShot<LiveJob>()
    private var readyJob: LiveJob?
    private var jobNumber = 0
    private var work: [Task<Void, Never>] = []
    private var turns: [TurnKey: Turn] = [:]
    private var previousItem: String?
    /// The ids of the client's commits that have not been answered.
    private var commits: [String?] = []
    private var lastAudio = ContinuousClock.now
    /// Whether audio of the client waits to be heard.
    private var isTakingAudio = false
    /// The positions of the last speech and of the audio heard, in samples at 16 kHz.
    private var (lastSpeech, heard) = (0, 0)
    /// Where the audio of the current job begins.
    private var position = 0
    /// Events that have not been sent, and what resolves when they are few.
    private var (unsent, drained) = (0, OneShot<Void>())
    /// What the log and `/v1/ps` tell.
    private(set) var summary: SessionSummary

    init(
        over socket: WebSocket, catalog: ModelService, entry: ModelEntry, configuration: RealtimeConfiguration,
        limits: RealtimeLimits
    ) {
        self.socket = socket
        self.catalog = catalog
        self.entry = entry
        self.configuration = configuration
        self.limits = limits
        expiry = Int(Date().timeIntervalSince1970 + limits.longest.inSeconds)
        summary = SessionSummary(id: id, model: entry.name)
    }

    /// Runs the session until its end, and closes the connection.
    func run() async {
        emit(.created(session: json))
        startJob(from: 0)
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
        unsent += 1
        output.yield(event)
    }

    /// The most events that wait to be sent while more of the client's are taken.
    private static let mostUnsent = 256

    private func write() async {
        for await event in outgoing {
            do {
                try await socket.send(text: event.text)
                unsent -= 1
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
            let job = try await job.value()
            let second = configuration.format.rate * configuration.format.bytesPerSample
            var rest = audio[...]
            while !rest.isEmpty {
                try await job.send(Array(rest.prefix(second)))
                rest = rest.dropFirst(second)
            }
            summary.audio += configuration.format.duration(bytes: audio.count)
        case .commit:
            commits.append(received.id)
            if let readyJob { try await readyJob.send(.commit) } else { refuseCommit() }
        case .clear: if let readyJob { try await readyJob.send(.clear) } else { emit(.cleared) }
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
        if configuration.turnDetection == nil, new.turnDetection != nil { lastSpeech = max(lastSpeech, heard) }
        (configuration, self.entry) = (new, entry)
        summary.model = entry.name
        emit(.updated(session: json))
        if hasOtherModel {
            await changeModel()
        } else if hasOtherSettings, let readyJob {
            try await readyJob.send(.update(new.settings))
        }
    }

    private var json: JSONValue { configuration.json(id: id, expiry: expiry, model: entry.name) }

    // MARK: The engine's side

    private func startJob(from position: Int) {
        guard summary.ending == nil else { return }
        jobNumber += 1
        work.append(Task { [number = jobNumber] in await self.work(on: number, from: position) })
    }

    /// Completes the turns of the old model's job, and continues with a job of the new one.
    private func changeModel() async {
        let end = await readyJob?.end ?? position
        // A job without audio has nothing to complete, and would load its model for that.
        if end == position { work.last?.cancel() } else { try? await readyJob?.send(.finish) }
        position = end
        if job.isResolved { job = OneShot() }
        readyJob = nil
        startJob(from: end)
    }

    private func work(on number: Int, from position: Int) async {
        do {
            var sent = configuration.settings
            let job = try await catalog.live(entry, sent, from: position)
            // The client may have changed them meanwhile.
            while number == jobNumber, configuration.settings != sent {
                sent = configuration.settings
                try await job.send(.update(sent))
            }
            guard number == jobNumber else { return }
            readyJob = job
            self.job.resolve(.success(job))
            while let event = try await job.next() { receive(event, of: number) }
        } catch is CancellationError {
            return
        } catch {
            let error = APIError(error) ?? .unforeseen
            guard number != jobNumber else { return ended.resolve(.success(.failed(error))) }
            // The session goes on with another model.
            for (key, turn) in turns where key.job == number {
                turns[key] = nil
                if configuration.transcription != nil { emit(.failed(item: turn.item, error)) }
            }
        }
    }

    private func receive(_ event: LiveEvent, of job: Int) {
        func key(_ turn: Int) -> TurnKey { TurnKey(job: job, turn: turn) }
        switch event {
        case .ready, .working, .finished: break
        case .heard(let position):
            heard = position
            noteSilence(upTo: position)
        case .turnBegan(let turn, let start, let bySpeech):
            let new = open(key(turn))
            if bySpeech { emit(.speechStarted(item: new.item, start: Duration(samples: start))) }
        case .speechStopped(let turn, let end):
            lastSpeech = end
            emit(.speechStopped(item: open(key(turn)).item, end: Duration(samples: end)))
        case .committed(let turn, let audio, let byClient):
            if byClient, !commits.isEmpty { commits.removeFirst() }
            lastSpeech = max(lastSpeech, audio.upperBound)
            let item = open(key(turn)).item
            turns[key(turn)]?.audio = audio
            announce(item)
        case .commitRefused: refuseCommit()
        case .cleared:
            lastSpeech = max(lastSpeech, heard)
            turns = turns.filter { $0.key.job != job || !$0.value.audio.isEmpty }
            emit(.cleared)
        case .dropped(let turn): turns[key(turn)] = nil
        case .look(let turn, let text):
            append(turns[key(turn)]?.text.look(text), to: key(turn))
        case .piece(let turn, let segments, _):
            _ = open(key(turn))
            append(turns[key(turn)]?.text.piece(segments), to: key(turn))
        case .completed(let turn, let language): complete(turns.removeValue(forKey: key(turn)), language)
        case .failed(let turn, let error):
            guard let failed = turns.removeValue(forKey: key(turn)) else { return }
            // Its commit, if any, was lost with it.
            if failed.audio.isEmpty, !commits.isEmpty { commits.removeFirst() }
            if configuration.transcription != nil { emit(.failed(item: failed.item, APIError(error))) }
        }
    }

    private func open(_ key: TurnKey) -> Turn {
        if let turn = turns[key] { return turn }
        let turn = Turn()
        turns[key] = turn
        return turn
    }

    private func announce(_ item: String) {
        let previous = exchange(&previousItem, with: item)
        emit(.committed(item: item, previous: previous))
        emit(.itemAdded(item: item, previous: previous))
        emit(.itemDone(item: item, previous: previous))
        summary.turns += 1
    }

    private func append(_ delta: String?, to key: TurnKey) {
        guard configuration.transcription != nil, let delta, !delta.isEmpty, let turn = turns[key] else { return }
        emit(.delta(item: turn.item, text: delta))
    }

    private func complete(_ turn: Turn?, _ language: Language?) {
        guard let turn, configuration.transcription != nil else { return }
        var transcript = turn.text.transcript
        transcript.assume(language)
        emit(
            .completed(
                item: turn.item, transcript: transcript, seconds: Duration(samples: turn.audio.count).inSeconds,
                includesLogProbabilities: configuration.includesLogProbabilities))
    }

    private func refuseCommit() {
        let cause = commits.isEmpty ? nil : commits.removeFirst()
        let error = APIError(
            status: .badRequest, code: "input_audio_buffer_commit_empty",
            message: "There are less than 100 ms of audio to commit. With turn detection, the server commits by itself."
        )
        emit(.error(error, cause: cause))
    }

    /// Tells the client when nobody has spoken for the configured time, and commits that silence as an item.
    private func noteSilence(upTo position: Int) {
        guard case .server(_, let timeout?) = configuration.turnDetection,
            !turns.values.contains(where: \.audio.isEmpty),
            position - lastSpeech >= timeout.samples
        else { return }
        let item = RealtimeID.make("item")
        let audio = Duration(samples: lastSpeech)..<Duration(samples: position)
        lastSpeech = position
        emit(.timeoutTriggered(item: item, audio: audio))
        announce(item)
        guard configuration.transcription != nil else { return }
        emit(
            .completed(
                item: item, transcript: Transcript(), seconds: (audio.upperBound - audio.lowerBound).inSeconds,
                includesLogProbabilities: false))
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
        summary.ending = ending
        switch ending {
        case .byClient: break
        case .notText: await close(.unacceptableData, "Send events as text, with audio in base64.")
        case .idle: await close(.goingAway, "The session has sent no audio for \(limits.idleTime).")
        case .expired:
            let error = APIError(
                status: .badRequest, code: "session_expired",
                message: "The session has reached its longest duration of \(limits.longest). Open another one.")
            emit(.error(error, cause: nil))
            await close(.goingAway, "The session has reached its longest duration.")
        case .shutdown:
            // The open turn is completed as if it had been committed.
            try? await readyJob?.send(.finish)
            await withTaskGroup { group in
                group.addTask { [work] in for task in work { await task.value } }
                group.addTask { try? await Task.sleep(for: Self.farewell) }
                await group.next()
                for task in work { task.cancel() }
                group.cancelAll()
            }
            await close(.goingAway, "The server is shutting down.")
        case .failed(let error):
            emit(.error(error, cause: nil))
            await close(.unexpectedServerError, error.code)
        }
        for task in work { task.cancel() }
        job.resolve(.failure(CancellationError()))
    }

    /// How long the last turns may take when the server stops.
    private static let farewell = Duration.seconds(20)

    private func close(_ code: WebSocketErrorCode, _ reason: String) async {
        output.finish()
        _ = try? await written.value(within: .seconds(5))
        await socket.close(code, reason: reason)
    }
}
