import ModelFamilies
import SpeechTypes

/// Divides the audio of a live session into turns, and each turn into pieces. Pure value, no I/O.
///
/// The pieces of a turn are decoded once and their texts joined, so text that has appeared need not change. A piece
/// ends at a pause once it has enough speech, at its quietest point if it gets too long, or with its turn.
struct TurnSegmenter {
    /// When a piece ends within its turn, in samples.
    struct PieceLimits: Equatable {
        /// The least speech of a piece that ends at a pause; `nil` if pauses end none.
        var leastSpeech: Int?
        /// The longest piece.
        var longest: Int

        /// The pieces that a family's models get. `canLook` tells whether the open piece can be decoded for provisional
        /// text. Where there is none, text appears with each piece, so the pieces are short.
        static func of(_ family: ModelFamily, delay: LiveSettings.Delay, canLook: Bool) -> PieceLimits {
            let window = family.window
            guard delay.hasPieces else { return PieceLimits(leastSpeech: nil, longest: window.samples) }
            let hasLooks = canLook && delay.lookInterval != nil
            let piece = family.isStreaming ? .forReplay : hasLooks ? family.livePiece : .short
            return PieceLimits(leastSpeech: piece.leastSpeech.samples, longest: min(window, piece.longest).samples)
        }
    }

    /// What the next audio has led to.
    enum Action: Equatable {
        /// A turn began at this position.
        case began(turn: Int, at: Int, bySpeech: Bool)
        /// A piece is complete.
        case piece(turn: Int, SpeechSegment)
        /// There is no speech in the open turn between its last piece and this position.
        case skipped(turn: Int, upTo: Int)
        /// The speech of a turn is over, at this position.
        case stopped(turn: Int, at: Int)
        /// The audio of a turn is complete. Its last piece may still follow, and then `ended`.
        case committed(turn: Int, audio: Range<Int>)
        /// All pieces of the turn have been reported.
        case ended(turn: Int)
    }

    /// The part of the open turn that no complete piece has yet.
    struct OpenPiece: Equatable {
        var turn: Int
        var start: Int
        /// The end of the last speech in it.
        var speechEnd: Int
    }

    /// A pause of this length ends a piece.
    private static let pause = Duration.milliseconds(200).samples
    /// How much of a pause still belongs to the piece before it. A pause this long already tells where the piece would
    /// end, so its decoding can begin.
    static let tail = Duration.milliseconds(150).samples
    /// The most audio of a piece before its first speech, which the detector may have noticed too late.
    private static let lead = Duration.milliseconds(300).samples
    /// The shortest audio that a client may commit: OpenAI's limit of 100 ms, less what the resampler still holds.
    private static let leastCommit = Duration.milliseconds(95).samples
    /// The shortest piece: the library refuses less (`OfflineRecognizer.minimumSamples`).
    private static let leastPiece = 400

    private struct Turn {
        var start: Int
        var pieceStart: Int
        /// Samples of speech in the open piece.
        var speech = 0
        /// Whether any piece of the turn has had speech.
        var hasSpoken = false
    }

    private var detection: LiveSettings.TurnDetection?
    /// They may change at any time.
    var limits: PieceLimits
    private var endpoint: EndpointDetector
    private var history: AudioHistory
    private var turn: Turn?
    /// The number of the open turn, or of the next one.
    private(set) var number: Int
    /// Turns do not overlap: the end of the last one.
    private var lastEnd: Int

    /// Begins a session, or continues one.
    init(_ start: LiveStart, limits: PieceLimits) {
        detection = start.settings.turnDetection
        self.limits = limits
        history = AudioHistory(start: start.position)
        number = start.turn
        lastEnd = start.openSince ?? start.position
        endpoint = EndpointDetector(
            Self.settings(of: detection), speakingUntil: start.openSince == nil ? nil : start.position)
        turn = start.openSince.map { Turn(start: $0, pieceStart: start.position) }
    }

    /// The position up to which audio has arrived.
    var end: Int { history.end }

    /// The open piece, if a turn is open and there is speech in the piece.
    var openPiece: OpenPiece? {
        guard let turn, turn.speech > 0 else { return nil }
        return OpenPiece(turn: number, start: turn.pieceStart, speechEnd: history.speechEnd)
    }

    /// The audio of the open piece between two positions; from its start if none is given.
    func audio(of piece: OpenPiece, from start: Int? = nil, upTo end: Int) -> SpeechSegment {
        let start = start ?? piece.start
        return SpeechSegment(
            offset: start, audio: history[start..<min(end, history.end)],
            stretches: [start..<max(start, min(piece.speechEnd, end))])
    }

    /// Uses other settings for the audio that follows. An open turn goes on; if turns are detected from now on, one
    /// without speech is dropped.
    ///
    /// - Returns: The number of the turn that was dropped.
    mutating func use(_ detection: LiveSettings.TurnDetection?, limits: PieceLimits) -> Int? {
        self.limits = limits
        guard detection != self.detection else { return nil }
        self.detection = detection
        let isSpoken = turn.map { $0.hasSpoken || $0.speech > 0 } ?? false
        endpoint = EndpointDetector(Self.settings(of: detection), speakingUntil: isSpoken ? history.end : nil)
        guard detection != nil, turn != nil, !isSpoken else { return nil }
        turn = nil
        lastEnd = history.end
        defer { number += 1 }
        return number
    }

    /// Adds the next window of audio.
    mutating func receive(_ window: ArraySlice<Float>, isSpeech: Bool) -> [Action] {
        let place = history.append(window, isSpeech: isSpeech)
        var actions: [Action] = []
        if detection == nil {
            if turn == nil {
                turn = Turn(start: place.lowerBound, pieceStart: place.lowerBound)
                actions.append(.began(turn: number, at: place.lowerBound, bySpeech: false))
            }
        } else if case .start(let start) = endpoint.receive(isSpeech, in: place) {
            let start = max(start, lastEnd, history.start)
            turn = Turn(start: start, pieceStart: start)
            actions.append(.began(turn: number, at: start, bySpeech: true))
        } else if case .some = turn, endpoint.isInside == false {
            actions.append(.stopped(turn: number, at: history.end))
            return actions + close()
        }
        if isSpeech { hear(place) }
        actions += cut()
        forget()
        return actions
    }

    /// Counts speech. If a piece begins with silence, most of that is left out, because it costs words.
    private mutating func hear(_ place: Range<Int>) {
        guard var turn else { return }
        let beginsTurn = detection != nil && !turn.hasSpoken
        if turn.speech == 0, !beginsTurn { turn.pieceStart = max(turn.pieceStart, place.lowerBound - Self.lead) }
        turn.speech += place.count
        self.turn = turn
    }

    /// Ends the open turn now.
    ///
    /// - Returns: `nil` if there is none, or too little audio for one.
    mutating func commit() -> [Action]? {
        guard let turn, history.end - turn.start >= Self.leastCommit else { return nil }
        endpoint = EndpointDetector(Self.settings(of: detection))
        return close()
    }

    /// Drops the audio since the last turn, and the rest that has not filled a window.
    mutating func clear(_ rest: [Float] = []) {
        _ = history.append(rest[...], isSpeech: false)
        if turn != nil { number += 1 }
        turn = nil
        lastEnd = history.end
        endpoint = EndpointDetector(Self.settings(of: detection))
        forget()
    }

    private mutating func close() -> [Action] {
        guard let turn else { return [] }
        var actions = [Action.committed(turn: number, audio: turn.start..<history.end)]
        let last = min(history.end, history.speechEnd + Self.tail)
        if turn.speech > 0, last - turn.pieceStart >= Self.leastPiece {
            actions.append(piece(upTo: last))
        } else if !turn.hasSpoken, history.end - turn.pieceStart >= Self.leastPiece {
            // The detector misses very quiet speech, and the client says that there was some.
            actions.append(piece(upTo: history.end))
        }
        actions.append(.ended(turn: number))
        lastEnd = history.end
        number += 1
        self.turn = nil
        forget()
        return actions
    }

    private mutating func cut() -> [Action] {
        guard let turn else { return [] }
        let pause = history.end - history.speechEnd
        if let least = limits.leastSpeech, turn.speech >= least, pause >= Self.pause {
            return [piece(upTo: history.speechEnd + Self.tail)]
        }
        guard history.end - turn.pieceStart >= limits.longest else { return [] }
        guard turn.speech > 0 || !turn.hasSpoken else {
            // Silence within a turn, which the client has not ended. Speech may begin in its last part.
            let end = max(turn.pieceStart, history.end - endpoint.longestLookBack(window: SpeechWindow.samples))
            self.turn?.pieceStart = end
            return [.skipped(turn: number, upTo: end)]
        }
        return [piece(upTo: history.quietestPoint(in: history.end - limits.longest / 3..<history.end))]
    }

    /// Completes the open piece; the next one begins there.
    private mutating func piece(upTo end: Int) -> Action {
        var turn = turn ?? Turn(start: end, pieceStart: end)
        let stretches = history.takeSpeech(in: turn.pieceStart..<end)
        let segment = SpeechSegment(
            offset: turn.pieceStart, audio: history[turn.pieceStart..<end], stretches: stretches)
        turn.pieceStart = end
        turn.speech = history.speechCount(after: end)
        turn.hasSpoken = turn.hasSpoken || !stretches.isEmpty
        self.turn = turn
        return .piece(turn: number, segment)
    }

    private mutating func forget() {
        let prefix = endpoint.longestLookBack(window: SpeechWindow.samples)
        history.forget(before: turn?.pieceStart ?? history.end - prefix)
    }

    /// A turn ends once the silence has lasted, and the silence belongs to it.
    private static func settings(of detection: LiveSettings.TurnDetection?) -> EndpointDetector.Settings {
        let detection = detection ?? LiveSettings.TurnDetection()
        return EndpointDetector.Settings(
            prefix: detection.prefix, suffix: detection.silence, silence: detection.silence,
            minimumSpeech: .milliseconds(64))
    }
}

extension LivePiece {
    /// For a model that decodes audio while it arrives. Its text appears without pieces, so they only bound what has to
    /// be decoded again if the engine ends.
    fileprivate static let forReplay = LivePiece(leastSpeech: .seconds(8), longest: .seconds(20))
}
