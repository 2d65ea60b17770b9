import ModelFamilies
@testable import Recognition
import SpeechTypes
import TestSupport
import Testing

/// Windows of 32 ms; `s` is speech, `.` silence.
@Suite struct TurnSegmenterTests {
    private static let window = SpeechWindow.samples

    private static func segmenter(
        _ detection: LiveSettings.TurnDetection? = LiveSettings.TurnDetection(),
        delay: LiveSettings.Delay = .low, position: Int = 0, openSince: Int? = nil
    ) -> TurnSegmenter {
        TurnSegmenter(
            LiveStart(
                settings: LiveSettings(turnDetection: detection), position: position, turn: 3, openSince: openSince),
            limits: .of(.moonshine, delay: delay, canLook: true))
    }

    /// The actions for speech and silence of these lengths, in windows, speech first.
    private static func actions(
        _ segmenter: inout TurnSegmenter, _ runs: [(isSpeech: Bool, windows: Int)]
    ) -> [TurnSegmenter.Action] {
        runs.flatMap { run in
            (0..<run.windows).flatMap { _ in
                segmenter.receive(
                    [Float](repeating: run.isSpeech ? 0.5 : 0, count: window)[...], isSpeech: run.isSpeech)
            }
        }
    }

    @Test func aTurnBeginsWithItsPrefixAndEndsWithItsSilence() {
        var segmenter = Self.segmenter()
        let actions = Self.actions(&segmenter, [(false, 20), (true, 30), (false, 16)])
        let start = 20 * Self.window - Duration.milliseconds(300).samples
        let end = 66 * Self.window
        guard case .piece(3, let piece) = actions.dropFirst(3).first else { Issue.record("no piece"); return }
        #expect(actions.count == 5)
        #expect(actions[0] == .began(turn: 3, at: start, bySpeech: true))
        #expect(actions[1] == .stopped(turn: 3, at: end))
        #expect(actions[2] == .committed(turn: 3, audio: start..<end))
        #expect(actions[4] == .ended(turn: 3))
        #expect(piece.offset == start)
        #expect(piece.end == Duration(samples: 50 * Self.window + TurnSegmenter.tail))
    }

    @Test func aClickIsNoTurn() {
        var segmenter = Self.segmenter()
        #expect(Self.actions(&segmenter, [(false, 5), (true, 1), (false, 40)]).isEmpty)
    }

    @Test func aPauseEndsAPieceOnceItHasTwoSecondsOfSpeech() {
        var segmenter = Self.segmenter()
        let actions = Self.actions(&segmenter, [(true, 40), (false, 8), (true, 40), (false, 8), (true, 10)])
        let pieces = actions.compactMap { if case .piece(_, let piece) = $0 { piece } else { nil } }
        #expect(pieces.map(\.offset) == [0])
        #expect(pieces.first?.audio.samples.count == 88 * Self.window + TurnSegmenter.tail)
        #expect(segmenter.openPiece?.start == 88 * Self.window + TurnSegmenter.tail)
    }

    @Test func silenceBeforeTheSpeechOfAPieceIsLeftOut() {
        var segmenter = Self.segmenter(nil)
        _ = Self.actions(&segmenter, [(false, 100), (true, 70), (false, 50), (true, 10)])
        let lead = Duration.milliseconds(300).samples
        #expect(segmenter.openPiece?.start == 220 * Self.window - lead)
        let pieces = (segmenter.commit() ?? []).compactMap { if case .piece(_, let piece) = $0 { piece } else { nil } }
        #expect(pieces.map(\.offset) == [220 * Self.window - lead])
    }

    @Test func aTurnHasTheWholePrefixThatTheClientWants() {
        var segmenter = Self.segmenter(.init(prefix: .seconds(2)))
        _ = Self.actions(&segmenter, [(false, 100), (true, 10)])
        #expect(segmenter.openPiece?.start == 100 * Self.window - Duration.seconds(2).samples)
    }

    @Test(
        arguments: [
            (.moonshine, .low, true, 2, 8), (.whisper, .low, true, 15, 28), (.whisper, .low, false, 2, 8),
            (.whisper, .high, true, 2, 8), (.whisper, .xhigh, true, nil, 28), (.streamingTransducer, .low, true, 8, 20),
        ] as [(ModelFamily, LiveSettings.Delay, Bool, Double?, Double)])
    func theLengthOfPiecesDependsOnTheFamilyAndTheDelay(
        family: ModelFamily, delay: LiveSettings.Delay, canLook: Bool, least: Double?, longest: Double
    ) {
        let limits = TurnSegmenter.PieceLimits.of(family, delay: delay, canLook: canLook)
        #expect(limits.leastSpeech == least.map { Duration.seconds($0).samples })
        #expect(limits.longest == Duration.seconds(longest).samples)
    }

    @Test func aLongPieceEndsAtTheNextPauseOnceOthersWait() {
        var segmenter = Self.segmenter()
        segmenter.limits = .of(.whisper, delay: .low, canLook: true)
        #expect(Self.actions(&segmenter, [(true, 150), (false, 8), (true, 150)]).count == 1)
        segmenter.limits = .of(.whisper, delay: .low, canLook: false)
        let pieces = Self.actions(&segmenter, [(false, 8)]).compactMap {
            if case .piece(_, let piece) = $0 { piece } else { nil }
        }
        #expect(pieces.map(\.offset) == [0])
    }

    @Test func moreOpenPiecesThanLanesAreACrowd() {
        let pieces = OpenPieces(lanes: 2)
        var marks = (1...2).map { _ in pieces.add() }
        #expect(!pieces.areCrowded)
        marks.append(pieces.add())
        #expect(pieces.areCrowded)
        marks.removeLast()
        #expect(!pieces.areCrowded)
    }

    @Test func piecesOfLongSpeechFollowEachOtherWithoutGapOrOverlap() {
        var segmenter = Self.segmenter()
        var actions = Self.actions(&segmenter, [(true, 1000)])
        actions += segmenter.commit() ?? []
        let pieces = actions.compactMap { if case .piece(_, let piece) = $0 { piece } else { nil } }
        #expect(pieces.count >= 4)
        #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(pieces.first?.offset == 0)
        #expect(pieces.last?.end == Duration(samples: 1000 * Self.window))
        #expect(pieces.allSatisfy { $0.audio.duration <= .seconds(8.1) })
    }

    @Test func withoutPiecesATurnIsCutOnlyWhereTheModelEnds() {
        var segmenter = Self.segmenter(delay: .xhigh)
        let actions = Self.actions(&segmenter, [(true, 100), (false, 10), (true, 100), (false, 20)])
        #expect(actions.count { if case .piece = $0 { true } else { false } } == 1)
    }

    @Test func theClientEndsTurnsWhereNoneAreDetected() {
        var segmenter = Self.segmenter(nil)
        #expect(segmenter.commit() == nil)
        #expect(Self.actions(&segmenter, [(false, 2)]) == [.began(turn: 3, at: 0, bySpeech: false)])
        #expect(segmenter.commit() == nil, "64 ms are too little")
        _ = Self.actions(&segmenter, [(true, 20), (false, 60)])
        let actions = segmenter.commit() ?? []
        #expect(actions.first == .committed(turn: 3, audio: 0..<82 * Self.window))
        #expect(actions.count == 3)
        #expect(segmenter.commit() == nil)
        #expect(Self.actions(&segmenter, [(false, 1)]) == [.began(turn: 4, at: 82 * Self.window, bySpeech: false)])
    }

    @Test func audioWithoutDetectedSpeechIsStillAPieceOfACommit() {
        var segmenter = Self.segmenter(nil)
        _ = Self.actions(&segmenter, [(false, 20)])
        let actions = segmenter.commit() ?? []
        guard case .piece(3, let piece) = actions[1] else { Issue.record("no piece"); return }
        #expect(piece.audio.samples.count == 20 * Self.window)
        #expect(piece.stretches.isEmpty)
    }

    @Test func clearedAudioBelongsToNoTurn() {
        var segmenter = Self.segmenter()
        _ = Self.actions(&segmenter, [(true, 20)])
        segmenter.clear()
        #expect(segmenter.commit() == nil)
        let actions = Self.actions(&segmenter, [(true, 4)])
        #expect(actions == [.began(turn: 4, at: 20 * Self.window, bySpeech: true)])
    }

    @Test func anotherEngineGoesOnWithinTheTurn() {
        var segmenter = Self.segmenter(position: 64_000, openSince: 32_000)
        let actions = Self.actions(&segmenter, [(true, 10), (false, 16)])
        #expect(actions.first == .stopped(turn: 3, at: 64_000 + 26 * Self.window))
        #expect(actions.dropFirst().first == .committed(turn: 3, audio: 32_000..<64_000 + 26 * Self.window))
        guard case .piece(3, let piece) = actions.dropFirst(2).first else { Issue.record("no piece"); return }
        #expect(piece.offset == 64_000)
    }

    @Test func otherSettingsKeepAnOpenTurn() {
        var segmenter = Self.segmenter()
        _ = Self.actions(&segmenter, [(true, 20)])
        _ = segmenter.use(nil, limits: .of(.moonshine, delay: .low, canLook: true))
        #expect(Self.actions(&segmenter, [(false, 40)]).isEmpty, "the client ends turns now")
        #expect(segmenter.commit()?.first == .committed(turn: 3, audio: 0..<60 * Self.window))
    }

    @Test func aTurnBeginsWithinTheAudioThatIsKept() {
        var segmenter = Self.segmenter()
        _ = Self.actions(&segmenter, [(false, 400)])
        _ = segmenter.use(
            LiveSettings.TurnDetection(prefix: .seconds(5)), limits: .of(.moonshine, delay: .low, canLook: true))
        let actions = Self.actions(&segmenter, [(true, 30), (false, 16)])
        guard case .began(3, let start, true) = actions.first else { Issue.record("no turn"); return }
        #expect(start > 400 * Self.window - 5 * 16_000 && start < 400 * Self.window)
        #expect(actions.contains { if case .piece = $0 { true } else { false } })
    }

    @Test func silenceInAnOpenTurnIsSkippedAndTold() {
        var segmenter = Self.segmenter(nil)
        let actions = Self.actions(&segmenter, [(true, 100), (false, 1000)])
        let ends = actions.compactMap { if case .skipped(3, let end) = $0 { end } else { nil } }
        #expect(ends.count >= 3)
        #expect(ends == ends.sorted())
        #expect((ends.last ?? 0) > 1000 * Self.window)
    }

    @Test func aTurnWithoutSpeechIsDroppedWhenTurnsAreDetected() {
        var segmenter = Self.segmenter(nil)
        _ = Self.actions(&segmenter, [(false, 50)])
        let dropped = segmenter.use(.init(), limits: .of(.moonshine, delay: .low, canLook: true))
        #expect(dropped == 3)
        guard case .began(4, let start, true) = Self.actions(&segmenter, [(true, 10)]).first else {
            Issue.record("no turn")
            return
        }
        #expect(start == 50 * Self.window)
    }

    @Test(arguments: UInt64(0)..<50) func anySpeechGivesTurnsInOrderAndPiecesInside(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var segmenter = Self.segmenter()
        var open: Range<Int>?
        var last = 0
        for _ in 0..<200 {
            let run = [(Bool.random(using: &random), Int.random(in: 1...60, using: &random))]
            for action in Self.actions(&segmenter, run) {
                switch action {
                case .began(_, let start, _):
                    #expect(open == nil && start >= last)
                    open = start..<start
                case .piece(_, let piece):
                    #expect(piece.offset >= (open?.upperBound ?? last) - 1 || open == nil)
                    if let turn = open { open = turn.lowerBound..<piece.offset + piece.audio.samples.count }
                case .committed(_, let audio):
                    #expect(audio.lowerBound == open?.lowerBound)
                    last = audio.upperBound
                case .ended: open = nil
                case .stopped, .skipped: break
                }
            }
        }
    }
}
