import Essentials

/// Why a live session is over.
enum LiveEnding: Error, Equatable {
    /// The server has no such sessions, for this reason; another need not be tried.
    case unsupported(String)
    case failed(String)
    /// By the server's rules: a session lasts an hour, and less if nobody speaks.
    case expired
    /// The dictation is over.
    case stopped
}

/// The exchange with a live session: tells which of the server's items belongs to which recording. Does no I/O.
///
/// The server names its items, and handles the client's events in order. So an item that is not known yet belongs to the
/// first recording whose end the server has not confirmed.
struct RealtimeDialogue {
    enum Action: Equatable {
        /// The server takes sound from now on.
        case ready
        /// Text to append to that of a recording.
        case words(recording: Int, String)
        /// The whole text of a recording.
        case completed(recording: Int, String)
        /// The recording gets no text.
        case failed(recording: Int)
        case end(LiveEnding)
    }

    private struct Turn {
        let recording: Int
        var item: String?
        var end: End?
    }

    private enum End: Equatable { case committed(deadline: ContinuousClock.Instant), cleared }

    /// Whether the server takes sound.
    private(set) var isReady = false
    /// The recordings whose end the server has not confirmed, in order.
    private var open: [Turn] = []
    /// The recordings whose texts are awaited, by item.
    private var awaited: [String: Turn] = [:]
    /// The items that nothing more is expected of.
    private var finished: Set<String> = []

    /// Whether no recording is open or awaits its text.
    var isIdle: Bool { open.isEmpty && awaited.isEmpty }

    mutating func begin(_ recording: Int) { open.append(Turn(recording: recording)) }

    /// The recording's sound is complete; its text is expected by the deadline.
    mutating func commit(_ recording: Int, deadline: ContinuousClock.Instant) {
        end(recording, .committed(deadline: deadline))
    }

    /// The recording's sound is dropped.
    mutating func clear(_ recording: Int) { end(recording, .cleared) }

    /// Forgets a recording of which nothing was sent.
    mutating func forget(_ recording: Int) { open.removeAll { $0.recording == recording } }

    /// Whether a text has not come by its deadline.
    func isLate(at now: ContinuousClock.Instant) -> Bool {
        (open + awaited.values).contains { turn in
            if case .committed(let deadline) = turn.end { deadline <= now } else { false }
        }
    }

    mutating func receive(_ event: RealtimeEvent) -> [Action] {
        switch event {
        case .updated(let byClient):
            guard byClient else { return [Self.endsTurns] }
            defer { isReady = true }
            return isReady ? [] : [.ready]
        case .committed(let item):
            return confirm(item).map { [$0] } ?? []
        case .cleared:
            guard open.first?.end == .cleared else { return [] }
            finish(open.removeFirst())
            return []
        case .delta(let item, let text):
            guard let turn = awaited[item] ?? bind(item) else { return [] }
            return text.isEmpty ? [] : [.words(recording: turn.recording, text)]
        case .completed(let item, let text):
            if awaited[item] == nil, let violation = confirm(item) { return [violation] }
            guard let turn = awaited.removeValue(forKey: item) else { return [] }
            finish(turn)
            return [.completed(recording: turn.recording, text)]
        case .failed(let item, let reason):
            guard let turn = awaited.removeValue(forKey: item) else {
                // The server may have lost the end of the recording with it, so its next items cannot be told apart.
                return finished.contains(item) || open.isEmpty ? [] : [.end(.failed(reason))]
            }
            finish(turn)
            return [.failed(recording: turn.recording)]
        case .error(let code, let reason):
            return [.end(code == "session_expired" ? .expired : .failed(reason))]
        case .other: return []
        }
    }

    private static let endsTurns = Action.end(.unsupported("It ends turns by itself."))

    private mutating func end(_ recording: Int, _ end: End) {
        guard let index = open.firstIndex(where: { $0.recording == recording }) else { return }
        open[index].end = end
    }

    private mutating func finish(_ turn: Turn) {
        if let item = turn.item { finished.insert(item) }
    }

    /// The open turn of an item, which gets one if it has none.
    private mutating func bind(_ item: String) -> Turn? {
        guard !finished.contains(item), let first = open.first else { return nil }
        guard first.item == nil || first.item == item else { return nil }
        open[0].item = item
        return open[0]
    }

    /// Moves an item's turn to those that await their text; returns an action if the client has not ended it.
    private mutating func confirm(_ item: String) -> Action? {
        guard !finished.contains(item), awaited[item] == nil else { return nil }
        guard bind(item) != nil, case .committed = open[0].end else { return Self.endsTurns }
        awaited[item] = open.removeFirst()
        return nil
    }
}
