@testable import Engines
import SpeechTypes
import Testing

/// Sessions of 16 kHz, so a second of audio is 32,000 bytes.
@Suite struct LiveBacklogTests {
    private static let settings = LiveSettings(format: .pcm(rate: 16_000))
    private static let second = [UInt8](repeating: 0, count: 32_000)
    private static let loss = TranscriptionError(.recognitionFailed, "Two engines died.")

    private static func backlog(seconds: Int) -> LiveBacklog {
        var backlog = LiveBacklog(settings, from: 0)
        for index in 0..<seconds {
            backlog.add(.audio(second))
            _ = backlog.note(.heard(upTo: (index + 1) * 16_000))
        }
        return backlog
    }

    @Test func silenceThatWasHeardIsKeptForASecondOnly() {
        var backlog = Self.backlog(seconds: 10)
        let (start, inputs) = backlog.restart()
        #expect(start == LiveStart(settings: Self.settings, position: 9 * 16_000))
        #expect(inputs == [.audio(Self.second)])
    }

    @Test func anOpenTurnIsHeardAgainFromItsLastFinalPiece() {
        var backlog = Self.backlog(seconds: 10)
        #expect(backlog.note(.turnBegan(turn: 0, at: 9 * 16_000 + 800, bySpeech: true)) == true)
        for index in 10..<20 {
            backlog.add(.audio(Self.second))
            _ = backlog.note(.heard(upTo: (index + 1) * 16_000))
        }
        #expect(backlog.note(.piece(turn: 0, segments: [], upTo: 15 * 16_000 + 160)) == true)
        let (start, inputs) = backlog.restart()
        #expect(start.position == 15 * 16_000 + 160)
        #expect(start.turn == 0)
        #expect(start.openSince == 9 * 16_000 + 800)
        #expect(inputs.count == 5)
        #expect(inputs.first == .audio([UInt8](repeating: 0, count: 32_000 - 320)))
        #expect(backlog.length == .milliseconds(4990))
    }

    /// The silence that another engine would have to hear again does not count.
    @Test func onlySoundThatMayStillGetATextIsUntranscribed() {
        var backlog = Self.backlog(seconds: 10)
        #expect(backlog.untranscribed == .zero)
        backlog.add(.audio(Self.second))
        #expect(backlog.untranscribed == .seconds(1))
        _ = backlog.note(.heard(upTo: 11 * 16_000))
        #expect(backlog.untranscribed == .zero)
        #expect(backlog.note(.turnBegan(turn: 0, at: 10 * 16_000, bySpeech: true)) == true)
        #expect(backlog.untranscribed == .seconds(1))
        backlog.add(.audio(Self.second))
        #expect(backlog.note(.piece(turn: 0, segments: [], upTo: 11 * 16_000)) == true)
        #expect(backlog.untranscribed == .seconds(1))
        _ = backlog.note(.heard(upTo: 12 * 16_000))
        #expect(backlog.note(.committed(turn: 0, audio: 160_000..<190_000, byClient: false)) == true)
        #expect(backlog.untranscribed == .seconds(1))
        #expect(backlog.note(.completed(turn: 0, language: nil)) == true)
        #expect(backlog.untranscribed == .zero)
    }

    @Test func whatAnotherEngineRepeatsIsNotNew() {
        var backlog = Self.backlog(seconds: 3)
        #expect(backlog.note(.turnBegan(turn: 0, at: 0, bySpeech: true)) == true)
        #expect(backlog.note(.speechStopped(turn: 0, at: 32_000)) == true)
        #expect(backlog.note(.committed(turn: 0, audio: 0..<32_000, byClient: false)) == true)
        _ = backlog.restart()
        #expect(backlog.note(.speechStopped(turn: 0, at: 32_000)) == false)
        #expect(backlog.note(.committed(turn: 0, audio: 0..<32_000, byClient: false)) == false)
        #expect(backlog.note(.piece(turn: 0, segments: [], upTo: 30_000)) == true)
        #expect(backlog.note(.completed(turn: 0, language: nil)) == true)
        #expect(backlog.note(.completed(turn: 0, language: nil)) == false)
        #expect(backlog.note(.turnBegan(turn: 0, at: 0, bySpeech: true)) == false)
        #expect(backlog.note(.turnBegan(turn: 1, at: 40_000, bySpeech: true)) == true)
    }

    @Test func aCommitIsRepeatedUntilItsTurnIsComplete() {
        var backlog = LiveBacklog(Self.settings, from: 0)
        backlog.add(.audio(Self.second))
        backlog.add(.command(.commit))
        _ = backlog.note(.turnBegan(turn: 0, at: 0, bySpeech: false))
        _ = backlog.note(.heard(upTo: 16_000))
        _ = backlog.note(.committed(turn: 0, audio: 0..<16_000, byClient: true))
        _ = backlog.note(.heard(upTo: 16_000))
        var dead = backlog
        #expect(dead.restart().inputs == [.audio(Self.second), .command(.commit)])
        _ = backlog.note(.piece(turn: 0, segments: [], upTo: 16_000))
        #expect(backlog.note(.completed(turn: 0, language: nil)) == true)
        #expect(backlog.restart().inputs.isEmpty)
        #expect(backlog.restart().start.turn == 1)
    }

    @Test func settingsThatWereHeardBelongToTheStart() {
        var backlog = LiveBacklog(Self.settings, from: 0)
        let eight = LiveSettings(turnDetection: nil, format: .muLaw)
        backlog.add(.audio(Self.second))
        backlog.add(.command(.update(eight)))
        backlog.add(.audio([UInt8](repeating: 0xFF, count: 16_000)))
        #expect(backlog.restart().start.settings == Self.settings)
        for end in [16_000, 16_000, 48_000] { _ = backlog.note(.heard(upTo: end)) }
        let (start, inputs) = backlog.restart()
        #expect(start.settings == eight)
        #expect(start.position == 32_000)
        #expect(inputs == [.audio([UInt8](repeating: 0xFF, count: 8000))])
    }

    @Test func turnsGivenUpAreNotHeardAgain() {
        var backlog = Self.backlog(seconds: 5)
        _ = backlog.note(.turnBegan(turn: 0, at: 16_000, bySpeech: true))
        #expect(backlog.giveUp(Self.loss) == [.failed(turn: 0, error: Self.loss)])
        let (start, inputs) = backlog.restart()
        #expect((start.position, start.turn, start.openSince) == (5 * 16_000, 1, nil))
        #expect(inputs.isEmpty)
        #expect(backlog.note(.piece(turn: 0, segments: [], upTo: 64_000)) == false)
    }

    @Test func audioOfAClearedTurnIsNotKept() {
        var backlog = Self.backlog(seconds: 5)
        _ = backlog.note(.turnBegan(turn: 0, at: 0, bySpeech: false))
        backlog.add(.command(.clear))
        #expect(backlog.note(.cleared) == true)
        _ = backlog.note(.heard(upTo: 5 * 16_000))
        #expect(backlog.restart().inputs.isEmpty)
        #expect(backlog.note(.piece(turn: 0, segments: [], upTo: 64_000)) == false)
    }
}

/// What a session without end may send while no text becomes final: memory must not grow with it.
@Suite struct LiveBacklogFloodTests {
    private static let settings = LiveSettings(turnDetection: nil, format: .pcm(rate: 16_000))
    private static let other = LiveSettings(turnDetection: nil, delay: .high, format: .pcm(rate: 16_000))

    /// A backlog with an open turn that has no final text.
    private static func openTurn() -> LiveBacklog {
        var backlog = LiveBacklog(settings, from: 0)
        backlog.add(.audio([UInt8](repeating: 0, count: 32_000)))
        _ = backlog.note(.turnBegan(turn: 0, at: 0, bySpeech: false))
        _ = backlog.note(.heard(upTo: 16_000))
        return backlog
    }

    private static func sound(of inputs: ArraySlice<LiveBacklog.Input>) -> [UInt8] {
        inputs.flatMap { input -> [UInt8] in
            if case .audio(let bytes) = input { bytes } else { [] }
        }
    }

    @Test func onlyTheLatestOfSettingsIsKept() {
        var backlog = Self.openTurn()
        for number in 0..<1000 {
            backlog.add(.command(.update(number.isMultiple(of: 2) ? Self.other : Self.settings)))
            _ = backlog.note(.heard(upTo: 16_000))
        }
        #expect(backlog.restart().inputs.dropFirst() == [.command(.update(Self.settings))])
    }

    @Test func refusedCommitsAreNotKept() {
        var backlog = Self.openTurn()
        for _ in 0..<1000 {
            backlog.add(.command(.commit))
            #expect(backlog.note(.commitRefused) == true)
            _ = backlog.note(.heard(upTo: 16_000))
        }
        #expect(backlog.restart().inputs.count == 1)
    }

    @Test func clearsWithoutAudioBetweenThemAreKeptOnce() {
        var backlog = Self.openTurn()
        backlog.add(.command(.commit))
        _ = backlog.note(.committed(turn: 0, audio: 0..<16_000, byClient: true))
        _ = backlog.note(.heard(upTo: 16_000))
        for number in 0..<1000 {
            backlog.add(.command(.clear))
            #expect(backlog.note(.cleared) == true)
            _ = backlog.note(.heard(upTo: 16_000))
            backlog.add(.command(.update(number.isMultiple(of: 2) ? Self.other : Self.settings)))
            _ = backlog.note(.heard(upTo: 16_000))
        }
        let inputs = backlog.restart().inputs
        #expect(inputs.contains(.command(.commit)))
        #expect(inputs.count <= 4, "\(inputs.count)")
    }

    @Test func tinyPiecesOfAudioAreJoined() {
        var backlog = Self.openTurn()
        let sound = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 / 2) }
        for start in stride(from: 0, to: sound.count, by: 2) {
            backlog.add(.audio(Array(sound[start..<start + 2])))
            _ = backlog.note(.heard(upTo: 16_000 + start / 2 + 1))
        }
        var dead = backlog
        let inputs = dead.restart().inputs.dropFirst()
        #expect(inputs.count <= 6)
        let isKept = Self.sound(of: inputs) == sound
        #expect(isKept)
        // Another engine can begin in the middle of them.
        _ = backlog.note(.piece(turn: 0, segments: [], upTo: 16_000 + 7000))
        let (start, rest) = backlog.restart()
        #expect(start.position == 16_000 + 7000)
        let isContinued = Self.sound(of: rest[...]) == Array(sound.dropFirst(14_000))
        #expect(isContinued)
    }

    @Test func whatWaitsIsCounted() {
        var backlog = LiveBacklog(Self.settings, from: 0)
        backlog.add(.command(.commit))
        #expect(backlog.waiting == 1)
        let words = LiveSettings(hints: Hints(prompt: String(repeating: "x", count: 6400), keywords: ["name"]))
        backlog.add(.command(.update(words)))
        #expect(backlog.waiting == 1 + 1 + 100)
        _ = backlog.note(.commitRefused)
        _ = backlog.note(.heard(upTo: 0))
        #expect(backlog.waiting == 101)
        _ = backlog.restart()
        #expect(backlog.waiting == 101)
        _ = backlog.note(.heard(upTo: 0))
        #expect(backlog.waiting == 0)
    }
}

/// What a client is told of audio that two engines have died of.
@Suite struct LiveLossTests {
    private static let settings = LiveSettings(turnDetection: nil, format: .pcm(rate: 16_000))
    private static let loss = TranscriptionError(.recognitionFailed, "Two engines died.")

    private static func backlog(_ inputs: LiveBacklog.Input...) -> LiveBacklog {
        var backlog = LiveBacklog(settings, from: 0)
        for input in inputs { backlog.add(input) }
        return backlog
    }

    private static let second = LiveBacklog.Input.audio([UInt8](repeating: 0, count: 32_000))

    @Test func everyCommitIsAnswered() {
        var backlog = Self.backlog(
            Self.second, .command(.commit), .command(.commit), Self.second, .command(.clear), Self.second,
            .command(.commit))
        #expect(
            backlog.giveUp(Self.loss) == [
                .committed(turn: 0, audio: 0..<16_000, byClient: true), .failed(turn: 0, error: Self.loss),
                .commitRefused, .committed(turn: 1, audio: 32_000..<48_000, byClient: true),
                .failed(turn: 1, error: Self.loss),
            ])
        // The clear has not been answered yet.
        let (start, inputs) = backlog.restart()
        #expect((start.position, start.turn) == (48_000, 2))
        #expect(inputs == [.command(.clear)])
    }

    @Test func aCommitOfTheOpenTurnEndsThatTurn() {
        var backlog = Self.backlog(Self.second)
        _ = backlog.note(.turnBegan(turn: 0, at: 0, bySpeech: false))
        _ = backlog.note(.heard(upTo: 16_000))
        backlog.add(Self.second)
        backlog.add(.command(.commit))
        #expect(
            backlog.giveUp(Self.loss) == [
                .committed(turn: 0, audio: 0..<32_000, byClient: true), .failed(turn: 0, error: Self.loss),
            ])
    }

    @Test func anAnsweredCommitIsNotAnsweredAgain() {
        var backlog = Self.backlog(Self.second, .command(.commit))
        _ = backlog.note(.turnBegan(turn: 0, at: 0, bySpeech: false))
        _ = backlog.note(.heard(upTo: 16_000))
        _ = backlog.note(.committed(turn: 0, audio: 0..<16_000, byClient: true))
        #expect(backlog.giveUp(Self.loss) == [.failed(turn: 0, error: Self.loss)])
    }
}
