import Collections
import Essentials
import SpeechTypes

/// What of a live session a new engine would have to hear again: the audio without a final text, and the commands in
/// between. Pure value, no I/O.
///
/// Positions are samples at 16 kHz since the session began. The server computes them from the bytes sent; the engine's
/// differ by at most the delay of its resampler, some samples.
struct LiveBacklog {
    /// An input, in the order of sending.
    enum Input: Sendable, Equatable {
        case audio([UInt8])
        case command(LiveCommand)
    }

    private struct Entry {
        let input: Input
        var range: Range<Int>
        let rate: Int
        var isHeard = false
        /// Whether the client knows the outcome of this command.
        var isAnswered = false
        /// The turn that this commit ended.
        var turn: Int?

        /// What it counts while it waits: 1, and more for settings with many words.
        var weight: Int {
            guard case .command(.update(let settings)) = input else { return 1 }
            let words = settings.hints.keywords.reduce(settings.hints.prompt.utf8.count) { $0 + $1.utf8.count }
            return 1 + words / 64
        }
    }

    private struct Turn {
        var start: Int
        /// The end of its last piece with a final text.
        var final: Int
        var isCommitted = false
    }

    /// How much heard audio without speech is kept, since a turn may begin in it.
    private static let lookBack = Duration.seconds(1).samples
    /// How far the engine's positions may lag behind the server's: what its resampler holds.
    private static let lag = Duration.milliseconds(10).samples

    private var entries: Deque<Entry> = []
    /// How many of the entries have been heard.
    private var heardCount = 0
    /// The settings of the first entry.
    private var settings: LiveSettings
    /// The settings after the last entry.
    private var latest: LiveSettings
    /// Turns that are open or have no complete text yet, by number.
    private var turns: OrderedDictionary<Int, Turn> = [:]
    private var nextTurn = 0
    private var lastTurnEnd = 0
    private var heard = 0
    /// All audio before this position has a final text, or no speech.
    private var checkpoint = 0
    /// The end of the audio received.
    private(set) var end = 0
    /// Bytes since the format last changed, and the position where it did.
    private var formatStart = (position: 0, samples: 0)

    /// Begins at a position.
    init(_ settings: LiveSettings, from position: Int) {
        self.settings = settings
        latest = settings
        (end, heard, lastTurnEnd, checkpoint) = (position, position, position, position)
        formatStart = (position, 0)
    }

    /// The audio that has no final text yet.
    var length: Duration { Duration(samples: max(0, end - checkpoint)) }

    /// The audio from the first speech without a final text on; if all speech has one, the audio that has not been heard.
    var untranscribed: Duration { Duration(samples: max(0, end - (turns.values.first?.final ?? heard))) }

    /// The inputs that have not been heard, counted by their weights.
    private(set) var waiting = 0

    /// Bytes of a sample in the format of the audio that comes next.
    var bytesPerSample: Int { latest.format.bytesPerSample }

    /// The audio that has not been heard.
    var unheard: Duration { Duration(samples: max(0, end - heard)) }

    /// Adds an input that is sent to the engine.
    mutating func add(_ input: Input) {
        let start = end
        switch input {
        case .audio(let bytes):
            formatStart.samples += bytes.count / latest.format.bytesPerSample
            end =
                formatStart.position
                + Int(Double(formatStart.samples) * Double(AudioBuffer.sampleRate) / Double(latest.format.rate))
        case .command(.update(let settings)):
            if settings.format != latest.format { formatStart = (end, 0) }
            latest = settings
        case .command: break
        }
        let entry = Entry(input: input, range: start..<end, rate: latest.format.rate)
        entries.append(entry)
        waiting += entry.weight
    }

    /// Notes an event of the engine.
    ///
    /// - Returns: Whether it is new; `false` if another engine has reported it before.
    mutating func note(_ event: LiveEvent) -> Bool {
        var isNew = true
        switch event {
        case .heard(let end):
            heard = max(heard, end)
            if entries.indices.contains(heardCount) {
                entries[heardCount].isHeard = true
                waiting -= entries[heardCount].weight
                heardCount += 1
                condense()
            }
        case .turnBegan(let turn, let start, _): isNew = open(turn, at: start)
        case .committed(let turn, let audio, _):
            _ = open(turn, at: audio.lowerBound)
            isNew = turns[turn]?.isCommitted == false
            turns[turn]?.isCommitted = true
            lastTurnEnd = max(lastTurnEnd, audio.upperBound)
            if case .command(.commit)? = processing {
                entries[heardCount].turn = turn
                entries[heardCount].isAnswered = true
            }
        case .speechStopped(let turn, _): isNew = turns[turn]?.isCommitted != true
        case .piece(let turn, _, let end):
            // Nobody asked for the text of a turn that the client has cleared.
            isNew = turns[turn] != nil
            turns[turn]?.final = end
        case .completed(let turn, _), .failed(let turn, _): isNew = turns.removeValue(forKey: turn) != nil
        case .dropped(let turn):
            turns[turn] = nil
            lastTurnEnd = max(lastTurnEnd, heard)
        case .commitRefused: isNew = answer()
        case .cleared where !answer(): isNew = false
        case .cleared:
            if let open = turns.elements.last(where: { !$0.value.isCommitted })?.key { turns[open] = nil }
            lastTurnEnd = max(lastTurnEnd, heard)
        case .look(let turn, _): isNew = turns[turn] != nil
        case .ready, .working, .finished: break
        }
        trim()
        return isNew
    }

    /// Gives up all turns that have no complete text, and the audio so far.
    ///
    /// - Returns: What the client is told of it: every turn fails with the error, and every commit gets its answer.
    mutating func giveUp(_ error: TranscriptionError) -> [LiveEvent] {
        let told = abandon(error)
        let kept = entries.filter { entry in
            switch entry.input {
            case .command(.finish): true
            case .command(.clear): !entry.isAnswered
            default: false
            }
        }
        defer {
            turns = [:]
            lastTurnEnd = end
            heard = end
            heardCount = entries.count
            for index in entries.indices { entries[index].isHeard = true }
            trim()
            for var entry in kept {
                (entry.isHeard, entry.range) = (false, end..<end)
                entries.append(entry)
            }
            waiting = kept.count
        }
        return told
    }

    /// Fails all turns. A commit that no engine has answered ends the open turn, or a turn that no engine has begun.
    private mutating func abandon(_ error: TranscriptionError) -> [LiveEvent] {
        var events: [LiveEvent] = []
        var (open, start) = (Int?.none, lastTurnEnd)
        for (number, turn) in turns {
            if turn.isCommitted {
                events.append(.failed(turn: number, error: error))
            } else {
                (open, start) = (number, turn.start)
            }
        }
        for entry in entries where !entry.isAnswered {
            let end = entry.range.upperBound
            if entry.input == .command(.clear) { (open, start) = (nil, end) }
            guard entry.input == .command(.commit) else { continue }
            guard end > start else {
                events.append(.commitRefused)
                continue
            }
            let number = open ?? nextTurn
            events.append(.committed(turn: number, audio: start..<end, byClient: true))
            events.append(.failed(turn: number, error: error))
            nextTurn = max(nextTurn, number + 1)
            (open, start) = (nil, end)
        }
        if let open { events.append(.failed(turn: open, error: error)) }
        return events
    }

    /// Where another engine begins, and what it has to hear.
    mutating func restart() -> (start: LiveStart, inputs: [Input]) {
        heardCount = 0
        // Commands that have been answered are not carried out again, unless their turn has no text yet.
        entries.removeAll { entry in
            guard entry.isAnswered, entry.range.lowerBound <= checkpoint + Self.lag else { return false }
            return entry.turn.map { turns[$0] == nil } ?? true
        }
        for index in entries.indices { entries[index].isHeard = false }
        waiting = entries.reduce(0) { $0 + $1.weight }
        let first = turns.elements.first
        var start = LiveStart(
            settings: settings, position: checkpoint, turn: first?.key ?? nextTurn, openSince: first?.value.start)
        var inputs = entries.map(\.input)
        if let entry = entries.first, case .audio(let bytes) = entry.input {
            // The rest of the first input, from the checkpoint on.
            let skipped = max(0, start.position - entry.range.lowerBound) * entry.rate / AudioBuffer.sampleRate
            inputs[0] = .audio(Array(bytes.dropFirst(skipped * settings.format.bytesPerSample)))
            start.position = max(start.position, entry.range.lowerBound)
        } else if entries.isEmpty {
            start.position = end
        }
        heard = start.position
        return (start, inputs)
    }

    /// Notes that the command being carried out has been answered; returns whether that is new.
    private mutating func answer() -> Bool {
        guard entries.indices.contains(heardCount) else { return true }
        return !exchange(&entries[heardCount].isAnswered, with: true)
    }

    private var processing: Input? { entries.indices.contains(heardCount) ? entries[heardCount].input : nil }

    private mutating func open(_ turn: Int, at start: Int) -> Bool {
        guard turns[turn] == nil, turn >= nextTurn else { return false }
        turns[turn] = Turn(start: start, final: start)
        nextTurn = turn + 1
        return true
    }

    /// Joins the input heard last with those before it, or drops it, if another engine would do the same without: a flood
    /// of small inputs within one piece must not take memory.
    private mutating func condense() {
        let last = heardCount - 1
        let before = last - 1
        switch entries[last].input {
        case .audio(let bytes):
            guard before >= 0, case .audio(let start) = entries[before].input,
                entries[before].rate == entries[last].rate, start.count + bytes.count <= Self.longestJoined
            else { return }
            entries[before] = Entry(
                input: .audio(start + bytes), range: entries[before].range.lowerBound..<entries[last].range.upperBound,
                rate: entries[last].rate, isHeard: true)
            entries.remove(at: last)
        case .command(.update):
            guard before >= 0, case .command(.update) = entries[before].input else { return }
            entries.remove(at: before)
        case .command(.commit):
            guard entries[last].turn == nil else { return }
            entries.remove(at: last)
        case .command(.clear):
            // Nothing has come since another one.
            let commands = entries[..<last].reversed().prefix { if case .command = $0.input { true } else { false } }
            guard commands.contains(where: { $0.input == .command(.clear) }) else { return }
            entries.remove(at: last)
        case .command(.finish): return
        }
        heardCount -= 1
    }

    /// Pieces of audio are joined up to this many bytes.
    private static let longestJoined = 4096

    /// Drops what no engine needs any more.
    private mutating func trim() {
        checkpoint = max(checkpoint, turns.values.first?.final ?? max(lastTurnEnd, heard - Self.lookBack))
        while let entry = entries.first, entry.isHeard {
            switch entry.input {
            case .audio: guard entry.range.upperBound <= checkpoint + Self.lag else { return }
            case .command(.update(let new)): settings = new
            case .command(.commit): if let turn = entry.turn, turns[turn] != nil { return }
            case .command: break
            }
            entries.removeFirst()
            heardCount -= 1
        }
    }
}
