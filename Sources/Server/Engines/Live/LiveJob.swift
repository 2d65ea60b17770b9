import Concurrency
import EngineLink
import Essentials
import NIOCore
package import SpeechTypes

/// One live session in a model's engine, and in the next engine if the first one dies.
///
/// One task sends, and one task takes the events.
package actor LiveJob {
    /// The model's engine, and what counts the session among its jobs.
    typealias Assignment = (engine: EngineSupervisor, ticket: JobCounter.Ticket)

    private let assign: @Sendable () async throws -> Assignment
    /// `nil` until the model's files are present.
    private var assignment: Assignment?
    private var backlog: LiveBacklog
    private var place: EngineSupervisor.Place?
    private var answer: EngineResponse?
    private var line: EngineLine?
    /// Engines that died since the last final text.
    private var deaths = 0
    private var room: [OneShot<Void>] = []
    /// The beginning of a sample whose rest has not arrived.
    private var half: [UInt8] = []
    private var events: [LiveEvent] = []
    private var hasEnded = false
    /// Whether it has had audio, or a command that has an answer.
    package private(set) var hasWork = false

    /// `assign` is called when the first event is requested.
    init(_ settings: LiveSettings, from position: Int, assign: @escaping @Sendable () async throws -> Assignment) {
        self.assign = assign
        backlog = LiveBacklog(settings, from: position)
    }

    /// The most audio without a final text; a client that sends more has to wait.
    private static let mostBacklog = Duration.seconds(90)
    /// The most audio that has not been heard.
    private static let mostUnheard = Duration.seconds(60)
    /// The most that inputs which have not been heard count (`LiveBacklog.waiting`): a flood of commands waits like
    /// audio.
    private static let mostWaiting = 4096

    /// Sends audio, in the format of the latest settings: at most a second at a time. Waits while too much is unheard.
    ///
    /// - Throws: `CancellationError`.
    package func send(_ audio: [UInt8]) async throws {
        while backlog.length > Self.mostBacklog || backlog.unheard > Self.mostUnheard { try await waitForRoom() }
        // In whole samples: another engine may begin with any of these inputs.
        let bytes = half + audio
        let whole = bytes.count - bytes.count % backlog.bytesPerSample
        half = Array(bytes[whole...])
        guard whole > 0 else { return }
        hasWork = true
        try await add(.audio(Array(bytes[..<whole])))
    }

    /// Sends a command, which takes effect after all audio before it. Waits while too many inputs have not been heard.
    ///
    /// - Throws: `CancellationError`.
    package func send(_ command: LiveCommand) async throws {
        switch command {
        case .update: half = []
        case .clear: (half, hasWork) = ([], true)
        case .commit: hasWork = true
        case .finish: break
        }
        try await add(.command(command))
    }

    /// The end of the audio sent, in samples at 16 kHz.
    package var end: Int { backlog.end }

    /// The audio that has no final text yet, without silence.
    package var backlogLength: Duration { hasEnded ? .zero : backlog.untranscribed }

    /// The next event; `nil` after `finished`. Events of a second engine that the first has reported are left out.
    ///
    /// - Throws: `TranscriptionError` if the model does not support the settings, `EngineError`, `CancellationError`.
    package func next() async throws -> LiveEvent? {
        do {
            while !hasEnded {
                if !events.isEmpty { return events.removeFirst() }
                do {
                    let event = try await nextOfThisEngine()
                    let isNew = backlog.note(event)
                    for turn in exchange(&room, with: []) { turn.resolve() }
                    switch event {
                    // Silence and failed pieces have none, and prove nothing of the engine.
                    case .piece(_, let segments, _) where !segments.isEmpty: deaths = 0
                    case .finished:
                        hasEnded = true
                        assignment?.ticket.answer()
                        leave()
                    default: break
                    }
                    if isNew { return event }
                } catch let failure as EngineConnectionFailure {
                    try await startOver(after: failure)
                }
            }
        } catch {
            hasEnded = true
            for turn in exchange(&room, with: []) { turn.resolve() }
            if !(error is CancellationError) { assignment?.ticket.answer() }
            leave()
            throw error
        }
        return nil
    }

    private func leave() {
        line = nil
        answer = nil
        place = nil
        assignment = nil
    }

    private func add(_ input: LiveBacklog.Input) async throws {
        while backlog.waiting > Self.mostWaiting { try await waitForRoom() }
        guard !hasEnded else { throw CancellationError() }
        backlog.add(input)
        line?.send(input)
    }

    /// Waits until the engine has heard more.
    private func waitForRoom() async throws {
        guard !hasEnded else { throw CancellationError() }
        let turn = OneShot<Void>()
        room.append(turn)
        try await turn.value()
    }

    private func nextOfThisEngine() async throws -> LiveEvent {
        if answer == nil { try await connect() }
        // Moved out of the property while it waits, because it is changed by waiting.
        guard var answer = exchange(&self.answer, with: nil) else { throw CancellationError() }
        let reply = try await answer.nextReply()
        self.answer = answer
        switch reply {
        case .live(let event): return event
        case .failed(let error): throw error
        case .events, .load: throw EngineConnectionFailure.garbled("an answer to another question")
        }
    }

    /// Waits for the engine as long as the session lasts: its client was told at once that it may speak.
    private func admitted() async throws -> EngineSupervisor.Place {
        if assignment == nil { assignment = try await assign() }
        guard let engine = assignment?.engine else { throw CancellationError() }
        while true {
            do {
                return try await engine.admit()
            } catch let error as EngineError where [.modelNotReady, .overloaded].contains(error.code) {
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func connect() async throws {
        let place = try await admitted()
        self.place = place
        let start = backlog.restart().start
        let answer = try await place.connection.open(start)
        // More may have been sent while the connection was opened.
        for input in backlog.restart().inputs { answer.line.send(input) }
        self.answer = answer
        line = answer.line
    }

    /// Restarts the session if the engine has ended. After a second death without a text in between, the turns at hand
    /// are given up.
    ///
    /// - Throws: `EngineError` if the engine goes on, so that only this session has failed.
    private func startOver(after failure: EngineConnectionFailure) async throws {
        line = nil
        answer = nil
        guard let place = exchange(&self.place, with: nil) else { throw failure }
        try await place.engine.settle(failure, in: place.connection.run)
        deaths += 1
        guard deaths >= 2 else { return }
        deaths = 0
        let error = await place.engine.crashError()
        events += backlog.giveUp(TranscriptionError(.recognitionFailed, error.message))
    }
}

extension EngineLine {
    /// Sends an input. If the connection has ended, the reader finds out.
    fileprivate func send(_ input: LiveBacklog.Input) {
        switch input {
        case .audio(let bytes): send(Frame(.bytes, ByteBuffer(bytes: bytes)))
        case .command(let command): if let frame = try? Frame(message: command) { send(frame) }
        }
    }
}
