import Concurrency
import Essentials
import ModelStore
import NIOCore
import NIOWebSocket
import PrometheusMetrics
import ServiceLifecycle
import TranscriptFormats
import Upstreams

/// A live session whose model is on another server: sends the client's audio there, and the events that come back to the
/// client. Each event of the client is read, checked and written anew, so that a client can ask the other server for nothing
/// else with its key.
actor RelayedSession: LiveSessionInHand {
    nonisolated let id = RealtimeID.make("sess")
    private let socket: WebSocket
    private let upstream: UpstreamSession
    private let catalog: ModelService
    private let entry: UpstreamEntry
    private let limits: RealtimeLimits
    private let metrics: MetricRegistry
    private let expiry: Int
    private let ended = OneShot<RealtimeSession.Ending>()
    private var configuration: RealtimeConfiguration
    /// Whether the server has answered the update that the client does not know of.
    private var isSetUp = false
    private var turns = RelayedTurns()
    /// Resolves when the server has completed all turns, after it was asked to.
    private let farewell = OneShot<Void>()
    private var lastAudio = ContinuousClock.now
    private var state: SessionSummary

    init(
        over socket: WebSocket, to upstream: UpstreamSession, catalog: ModelService, entry: UpstreamEntry,
        configuration: RealtimeConfiguration, limits: RealtimeLimits, metrics: MetricRegistry
    ) {
        self.socket = socket
        self.upstream = upstream
        self.catalog = catalog
        self.entry = entry
        self.configuration = configuration
        self.limits = limits
        self.metrics = metrics
        expiry = Int(Date().timeIntervalSince1970 + limits.longest.inSeconds)
        state = SessionSummary(id: id, model: entry.name)
    }

    var summary: SessionSummary {
        var summary = state
        summary.turns = turns.count
        return summary
    }

    /// None: the other server gives the texts.
    nonisolated let backlogs: [String: Duration] = [:]

    /// Runs the session until its end, and closes the connection of the client.
    func run() async {
        await emit(.created(session: json))
        await withTaskGroup { group in
            group.addTask { await self.readClient() }
            group.addTask { await self.readUpstream() }
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

    private var json: JSONValue { configuration.json(id: id, expiry: expiry, model: entry.name) }

    private func emit(_ event: ServerEvent) async { await sendClient(ByteBuffer(string: event.text)) }

    /// Sends a message when the client has read enough of the earlier ones.
    private func sendClient(_ text: ByteBuffer) async {
        do { try await socket.send(text: text) } catch { ended.resolve(.success(.byClient)) }
    }

    // MARK: The client's side

    private func readClient() async {
        do {
            try await update(RelayedTurns.setup)
            for await message in socket.messages {
                guard case .text(let bytes) = message else { return ended.resolve(.success(.notText)) }
                do {
                    let received = try ClientEvent.parse(bytes)
                    do {
                        try await carryOut(received)
                    } catch let error as APIError {
                        await emit(.error(error, cause: received.id))
                    } catch let error as ModelError {
                        await emit(.error(APIError(error), cause: received.id))
                    }
                } catch let error as ClientEvent.Refused {
                    await emit(.error(error.error, cause: error.id))
                }
            }
            ended.resolve(.success(.byClient))
        } catch is UpstreamError {
            // The other server has ended the session; `readUpstream` finds out how.
        } catch {
            fail(error)
        }
    }

    private func carryOut(_ received: ClientEvent.Received) async throws {
        switch received.event {
        case .update(let session):
            let new = try configuration.merging(session)
            if let name = new.transcription?.model, name != configuration.transcription?.model {
                guard try await catalog.find(name).name == entry.name else {
                    throw APIError.unsupported(
                        "session.audio.input.transcription.model",
                        "The model of this session is on another server and cannot be changed. Open another session for"
                            + " '\(name.excerpt)'.")
                }
            }
            try catalog.checkLive(new.transcription, of: entry)
            let former = configuration
            configuration = new
            try await update(received.id, after: former)
        case .append(let audio):
            lastAudio = .now
            var rest = audio[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Self.longestPiece)
                rest = rest.dropFirst(piece.count)
                try await send(
                    "input_audio_buffer.append", received.id, [("audio", .string(piece.base64EncodedString()))])
                lastAudio = .now
            }
            state.audio += configuration.format.duration(bytes: audio.count)
        case .commit: try await send("input_audio_buffer.commit", received.id)
        case .clear: try await send("input_audio_buffer.clear", received.id)
        }
    }

    /// In bytes, whole samples: so a long append needs no second copy of itself.
    private static let longestPiece = 1 << 19

    /// Tells the server the whole configuration.
    private func update(_ id: String?, after former: RealtimeConfiguration = RealtimeConfiguration()) async throws {
        let session = configuration.forwarded(as: upstream.server.model, after: former)
        try await send("session.update", id, [("session", session)])
    }

    private func send(_ type: String, _ id: String?, _ members: [(String, JSONValue)] = []) async throws {
        let event = id.map { [("event_id", JSONValue.string($0))] } ?? []
        try await upstream.send(JSONValue.object([("type", .string(type))] + event + members).text)
    }

    // MARK: The other server's side

    private func readUpstream() async {
        var messages = upstream.makeMessages()
        do {
            while let message = try await messages.next() { try await receive(message) }
            ended.resolve(.success(.byUpstream))
        } catch {
            fail(error)
        }
    }

    private func receive(_ message: ByteBuffer) async throws {
        guard let event = RelayedEvent(message) else {
            throw upstream.malformed()
        }
        switch event {
        case .created, .unknown: break
        case .updated:
            if exchange(&isSetUp, with: true) { await emit(.updated(session: json)) }
        case .error(_, RelayedTurns.farewell): turns.answerFarewell()
        case .error(let error, let cause):
            let isOurs = cause == RelayedTurns.setup
            if isOurs { isSetUp = true }
            await emit(.error(error, cause: isOurs ? nil : cause))
        case .passed(let type, let item):
            if let outcome = turns.receive(type, item) { metrics.add(to: .turns, entry.name, outcome) }
            await sendClient(message)
        }
        if turns.areComplete { farewell.resolve() }
    }

    private func fail(_ error: any Error) {
        guard !(error is CancellationError) else { return }
        ended.resolve(.success(.failed(APIError(error) ?? .unforeseen)))
    }

    // MARK: The end

    private func watchTimes() async {
        let start = ContinuousClock.now
        while !Task.isCancelled {
            let (expired, idle) = (start + limits.longest, lastAudio + limits.idleTime)
            if .now >= expired { return ended.resolve(.success(.expired)) }
            if .now >= idle { return ended.resolve(.success(.idle)) }
            try? await Task.sleep(until: min(expired, idle))
        }
    }

    private func end(_ ending: RealtimeSession.Ending) async {
        state.ending = ending
        switch ending {
        case .byClient: break
        case .shutdown:
            await completeTurns()
            await close(ending)
        case .byUpstream, .notText, .idle, .expired, .failed:
            if let error = ending.error(limits) { await emit(.error(error, cause: nil)) }
            await close(ending)
        }
    }

    private func close(_ ending: RealtimeSession.Ending) async {
        let (code, reason) = ending.closing(limits)
        await socket.close(code, reason: reason)
    }

    /// Has the server complete the open turn, as if it had been committed, and the turns before it.
    private func completeTurns() async {
        guard configuration.transcription != nil else { return }
        turns.askFarewell()
        do {
            try await send("input_audio_buffer.commit", RelayedTurns.farewell)
            _ = try await farewell.value(within: limits.farewell)
        } catch {
            // The other server has gone too.
        }
    }
}

/// The turns of a session on another server. Does no I/O.
struct RelayedTurns {
    /// The ids of our own events.
    static let (setup, farewell) = ("asr2clip-setup", "asr2clip-farewell")

    /// How many turns were committed.
    private(set) var count = 0
    private var open: Set<String> = []
    private var awaitsFarewell = false
    private var hasFarewell = false

    /// Whether no turn is open, after the farewell.
    var areComplete: Bool { hasFarewell && open.isEmpty }

    /// The last turn is about to be committed.
    mutating func askFarewell() { awaitsFarewell = true }

    /// The server has said that nothing was there to be committed.
    mutating func answerFarewell() { hasFarewell = true }

    /// Receives an event about an item.
    ///
    /// - Returns: How a turn has ended, in the words of the metrics.
    mutating func receive(_ type: String, _ item: String?) -> String? {
        switch type {
        case "input_audio_buffer.committed":
            count += 1
            // A server that never completes anything must not take memory without end.
            if let item, open.count < Self.mostOpen { open.insert(item) }
            if awaitsFarewell { hasFarewell = true }
            return nil
        case "conversation.item.input_audio_transcription.completed":
            if let item { open.remove(item) }
            return "completed"
        case "conversation.item.input_audio_transcription.failed":
            if let item { open.remove(item) }
            return "failed"
        default: return nil
        }
    }

    private static let mostOpen = 1000
}
