import Concurrency
import Essentials
import NIOHTTP1
import SpeechTypes
import Synchronization

/// One live session with a server: hears recordings one after the other, and gets their texts. Calls of the listener
/// return at once; `run` does the rest.
final class LiveSession: Sendable {
    /// A recording that is being made.
    private struct Current {
        let item: LiveItem
        var sound: UncutSound
        var hasWords = false
    }

    private struct State {
        var dialogue = RealtimeDialogue()
        var current: Current?
        /// The recordings without a text, by number.
        var items: [Int: LiveItem] = [:]
        var count = 0
        /// What is not sent, and how many samples that is.
        var outbox: [RealtimeAudio.Step] = []
        var unsent = 0
        /// The words of the latest recording that has any.
        var shown: (recording: Int, words: String)?
        var hasCompleted = false
        var isRetired = false
        var ending: LiveEnding?
    }

    /// If more sound than this waits to be sent, the server is too slow.
    private static let mostUnsent = Duration.seconds(60).samples
    /// A shorter recording has no speech, and servers refuse it.
    private static let shortest = RecordingTranscriber.shortest.samples
    /// A server ends a session after an hour. A recording that begins later than this gets a new one.
    private static let longest = Duration.seconds(55 * 60)
    /// How often deadlines are checked.
    private static let period = Duration.milliseconds(250)
    /// How much text the status line may need.
    private static let longestShown = 400

    private let policy: RetryPolicy
    private let printsWords: Bool
    private let report: DictationEvents
    private let start = ContinuousClock.now
    private let state = Mutex(State())
    private let ended = OneShot<Void>()
    /// Resolves waits of the writer; carries nothing.
    private let (news, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(policy: RetryPolicy, printsWords: Bool, report: @escaping DictationEvents) {
        self.policy = policy
        self.printsWords = printsWords
        self.report = report
    }

    /// Why it is over; `nil` while it is not.
    var ending: LiveEnding? { state.withLock { $0.ending } }
    /// Whether it has given a text.
    var hasCompleted: Bool { state.withLock { $0.hasCompleted } }

    // MARK: The listener's side

    /// Begins to hear a recording. If it may be cut, the cut is not before `earliestCut`, in samples. Returns `nil` if
    /// the session is over or will soon be.
    func begin(earliestCut: Int?, at now: ContinuousClock.Instant = .now) -> LiveItem? {
        state.withLock { state -> LiveItem? in
            guard state.ending == nil, !state.isRetired else { return nil }
            guard now - start < Self.longest else {
                state.isRetired = true
                return nil
            }
            state.count += 1
            let item = LiveItem(state.count, of: self, isPrinted: printsWords)
            state.items[state.count] = item
            state.dialogue.begin(state.count)
            state.current = Current(item: item, sound: UncutSound(earliestCut: earliestCut))
            return item
        }
    }

    func append(_ sound: [Float], to item: LiveItem) {
        state.withLock { state in
            guard state.current?.item === item, let passed = state.current?.sound.receive(sound) else { return }
            send(passed, &state)
            if state.unsent > Self.mostUnsent { end(.failed("It takes the sound too slowly."), &state) }
        }
    }

    func end(_ item: LiveItem, keeping count: Int?, hasSpeech: Bool?) {
        state.withLock { state in
            guard state.current?.item === item, var current = exchange(&state.current, with: nil) else { return }
            guard state.dialogue.isReady else {
                // The file is quicker than a server that has not answered yet.
                state.dialogue.forget(item.number)
                (state.outbox, state.unsent) = ([], 0)
                return resolve(item.number, nil, &state)
            }
            let count = min(count ?? .max, current.sound.received)
            // Printed words count as speech, because they cannot be taken back.
            let isSpoken = hasSpeech != false || (printsWords && current.hasWords)
            guard count >= Self.shortest, isSpoken else {
                state.dialogue.clear(item.number)
                state.outbox.append(.clear)
                bell.yield()
                return resolve(item.number, nil, &state)
            }
            send(current.sound.end(after: count), &state)
            let patience = policy.patience + min(Duration(samples: count), .longest) * 2
            state.dialogue.commit(item.number, deadline: .now + patience)
            state.outbox.append(.commit)
            bell.yield()
        }
    }

    private func send(_ sound: [Float], _ state: inout State) {
        guard !sound.isEmpty else { return }
        state.outbox.append(.sound(sound))
        state.unsent += sound.count
        bell.yield()
    }

    // MARK: The server's side

    /// Runs the session to its end. If the task is cancelled, the session is stopped.
    func run(with server: LiveServer) async {
        let closed = OneShot<Void>()
        // Not a child task: a connection that is being opened cannot be cancelled, and must not be waited for.
        Task {
            await converse(with: server)
            closed.resolve()
        }
        try? await closed.value()
        end(.stopped)
        await Task { _ = try? await closed.value(within: Self.farewell) }.value
    }

    /// How long the connection may take to close.
    private static let farewell = Duration.milliseconds(250)

    private func converse(with server: LiveServer) async {
        do {
            let (request, configuration) = try await server.offer()
            try await RealtimeSocket.with(
                request, to: server.url, within: policy.connectTimeout, heartbeat: policy.heartbeat
            ) { socket in
                await withTaskGroup { group in
                    group.addTask { await self.read(from: socket) }
                    group.addTask { await self.write(to: socket, configuration) }
                    group.addTask { await self.watch() }
                    group.addTask { try? await self.ended.value() }
                    await group.next()
                    group.cancelAll()
                }
            }
        } catch let ending as LiveEnding {
            end(ending)
        } catch {
            end(.failed("\(error)"))
        }
    }

    private func read(from socket: RealtimeSocket) async {
        var messages = socket.messages
        do {
            while ending == nil {
                guard let event = RealtimeEvent(try await messages.next()) else {
                    return end(.failed("It sends something other than events of a live session."))
                }
                receive(event)
            }
        } catch let ending as LiveEnding {
            end(ending)
        } catch {
            // Something else has ended the session.
        }
    }

    private func write(to socket: RealtimeSocket, _ configuration: RealtimeConfiguration) async {
        var audio = RealtimeAudio(rate: configuration.rate)
        do {
            try await socket.send(configuration.event)
            for await _ in news {
                while let step = next() {
                    for event in audio.events(for: step) { try await socket.send(event) }
                    if case .sound(let sound) = step { state.withLock { $0.unsent -= sound.count } }
                }
            }
        } catch {
            // The reader finds out why.
            try? await ended.value()
        }
    }

    private func next() -> RealtimeAudio.Step? {
        state.withLock { state in
            guard state.dialogue.isReady, !state.outbox.isEmpty else { return nil }
            return state.outbox.removeFirst()
        }
    }

    private func watch() async {
        while (try? await Task.sleep(for: Self.period)) != nil {
            state.withLock { state in
                if state.dialogue.isLate(at: .now) { end(.failed("It gives no text."), &state) }
                if !state.dialogue.isReady, .now - start > policy.patience {
                    end(.failed("It does not answer."), &state)
                }
                if state.isRetired, state.dialogue.isIdle { end(.expired, &state) }
            }
        }
    }

    private func receive(_ event: RealtimeEvent) {
        state.withLock { state in
            guard state.ending == nil else { return }
            for action in state.dialogue.receive(event) {
                switch action {
                case .ready: bell.yield()
                case .words(let number, let words): add(words, to: number, &state)
                case .completed(let number, let text):
                    state.hasCompleted = true
                    resolve(number, text, &state)
                case .failed(let number): resolve(number, nil, &state)
                case .end(let ending): end(ending, &state)
                }
            }
        }
    }

    private func add(_ words: String, to number: Int, _ state: inout State) {
        guard let item = state.items[number] else { return }
        item.add(words)
        if state.current?.item === item, words.contains(where: { !$0.isWhitespace }) { state.current?.hasWords = true }
        guard number >= state.shown?.recording ?? 0 else { return }
        let known = state.shown.map { $0.recording == number ? $0.words : "" } ?? ""
        // By scalars: a single character may have millions of them.
        let end = (known + words).unicodeScalars.suffix(Self.longestShown)
        state.shown = (number, String(String.UnicodeScalarView(end)))
        report(.live(state.shown?.words ?? ""))
    }

    private func resolve(_ number: Int, _ text: String?, _ state: inout State) {
        state.items.removeValue(forKey: number)?.resolve(text)
        guard let shown = state.shown, shown.recording == number else { return }
        state.shown = nil
        report(.live(""))
    }

    // MARK: The end

    /// Ends the session; recordings without a text get none from it.
    func end(_ ending: LiveEnding) { state.withLock { end(ending, &$0) } }

    private func end(_ ending: LiveEnding, _ state: inout State) {
        guard state.ending == nil else { return }
        state.ending = ending
        state.current = nil
        (state.outbox, state.unsent) = ([], 0)
        for number in state.items.keys.sorted() { resolve(number, nil, &state) }
        bell.finish()
        ended.resolve()
    }
}
