import Essentials
import SpeechTypes

/// The items of a live session: turns what an engine reports into events for the client. Pure value, no I/O.
///
/// A session that changes its model has several jobs, one after the other, each of which numbers its own turns.
struct RealtimeConversation {
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

    /// How many turns have been committed.
    private(set) var turnCount = 0
    private var turns: [TurnKey: Turn] = [:]
    private var previousItem: String?
    /// The ids of the client's commits that each job has not answered.
    private var commits: [Int: [String?]] = [:]
    /// The positions of the last speech and of the audio heard, in samples at 16 kHz.
    private var (lastSpeech, heard) = (0, 0)

    /// Notes that the client commits, with the id of its event.
    mutating func commit(_ id: String?, of job: Int) { commits[job, default: []].append(id) }

    /// Takes the id of the first commit that a job has not answered; `nil` also if the client gave it none.
    private mutating func answerCommit(of job: Int) -> String? {
        guard let id = commits[job]?.first else { return nil }
        commits[job]?.removeFirst()
        return id
    }

    /// Answers a commit of too little audio. If turns are detected, the server has committed the audio before it by itself,
    /// so the client has what it asks for; and an error would end the sessions of all clients that we know.
    private mutating func refuseCommit(of job: Int, _ configuration: RealtimeConfiguration) -> [ServerEvent] {
        let cause = answerCommit(of: job)
        guard configuration.turnDetection == nil else { return [] }
        let error = APIError(
            status: .badRequest, code: "input_audio_buffer_commit_empty",
            message: "There are less than 100 ms of audio to commit.")
        return [.error(error, cause: cause)]
    }

    /// Counts silence from now on.
    mutating func beginSilence() { lastSpeech = max(lastSpeech, heard) }

    /// Gives up the turns of a job that failed, and answers its commits.
    mutating func fail(job: Int, _ error: APIError, _ configuration: RealtimeConfiguration) -> [ServerEvent] {
        let failed = turns.filter { $0.key.job == job }
        for key in failed.keys { turns[key] = nil }
        let refused = (commits.removeValue(forKey: job) ?? []).map { ServerEvent.error(error, cause: $0) }
        return (configuration.transcription == nil ? [] : failed.values.map { .failed(item: $0.item, error) }) + refused
    }

    /// Receives the next event of a job.
    mutating func receive(
        _ event: LiveEvent, of job: Int, _ configuration: RealtimeConfiguration
    ) -> [ServerEvent] {
        func key(_ turn: Int) -> TurnKey { TurnKey(job: job, turn: turn) }
        switch event {
        case .ready, .working: return []
        case .finished:
            commits[job] = nil
            return []
        case .heard(let position):
            heard = position
            return silence(configuration)
        case .turnBegan(let turn, let start, let bySpeech):
            let item = open(key(turn)).item
            return bySpeech ? [.speechStarted(item: item, start: Duration(samples: start))] : []
        case .speechStopped(let turn, let end):
            lastSpeech = end
            return [.speechStopped(item: open(key(turn)).item, end: Duration(samples: end))]
        case .committed(let turn, let audio, let byClient):
            if byClient { _ = answerCommit(of: job) }
            lastSpeech = max(lastSpeech, audio.upperBound)
            let item = open(key(turn)).item
            turns[key(turn)]?.audio = audio
            return announce(item)
        case .commitRefused: return refuseCommit(of: job, configuration)
        case .cleared:
            beginSilence()
            turns = turns.filter { $0.key.job != job || !$0.value.audio.isEmpty }
            return [.cleared]
        case .dropped(let turn):
            turns[key(turn)] = nil
            return []
        case .look(let turn, let text):
            return delta(turns[key(turn)]?.text.look(text), key(turn), configuration)
        case .piece(let turn, let segments, _):
            _ = open(key(turn))
            return delta(turns[key(turn)]?.text.piece(segments), key(turn), configuration)
        case .completed(let turn, let language):
            guard let turn = turns.removeValue(forKey: key(turn)) else { return [] }
            var transcript = turn.text.transcript
            transcript.assume(language)
            return completed(turn.item, transcript, Duration(samples: turn.audio.count), configuration)
        case .failed(let turn, let error):
            guard let failed = turns.removeValue(forKey: key(turn)) else { return [] }
            return configuration.transcription == nil ? [] : [.failed(item: failed.item, APIError(error))]
        }
    }

    private mutating func open(_ key: TurnKey) -> Turn {
        if let turn = turns[key] { return turn }
        let turn = Turn()
        turns[key] = turn
        return turn
    }

    private mutating func announce(_ item: String) -> [ServerEvent] {
        let previous = exchange(&previousItem, with: item)
        turnCount += 1
        return [
            .committed(item: item, previous: previous), .itemAdded(item: item, previous: previous),
            .itemDone(item: item, previous: previous),
        ]
    }

    private func delta(_ text: String?, _ key: TurnKey, _ configuration: RealtimeConfiguration) -> [ServerEvent] {
        guard configuration.transcription != nil, let text, !text.isEmpty, let turn = turns[key] else { return [] }
        return [.delta(item: turn.item, text: text)]
    }

    private func completed(
        _ item: String, _ transcript: Transcript, _ length: Duration, _ configuration: RealtimeConfiguration
    ) -> [ServerEvent] {
        guard configuration.transcription != nil else { return [] }
        return [
            .completed(
                item: item, transcript: transcript, seconds: length.inSeconds,
                includesLogProbabilities: configuration.includesLogProbabilities)
        ]
    }

    /// Tells the client when nobody has spoken for the configured time, and commits that silence as an item.
    private mutating func silence(_ configuration: RealtimeConfiguration) -> [ServerEvent] {
        guard case .server(_, let timeout?) = configuration.turnDetection,
            !turns.values.contains(where: \.audio.isEmpty), heard - lastSpeech >= timeout.samples
        else { return [] }
        let item = RealtimeID.make("item")
        let audio = Duration(samples: lastSpeech)..<Duration(samples: heard)
        lastSpeech = heard
        return [.timeoutTriggered(item: item, audio: audio)] + announce(item)
            + completed(item, Transcript(), audio.upperBound - audio.lowerBound, configuration)
    }
}
