import SherpaOnnx
import SpeechTypes
import TestSupport
import Testing

@testable import Dictation

@Suite struct UtteranceSegmenterTests {
    private static let second = AudioBuffer.sampleRate

    /// Runs sound through a segmenter in pieces of a given size, and assembles the recordings.
    private func recordings(
        of sound: [Float], _ mode: ListeningMode, piece: Int = 320,
        isSpeech: @escaping (ArraySlice<Float>) -> Bool = { _ in false }
    ) -> [[Float]] {
        var cutter = UtteranceSegmenter(mode)
        var windows = FrameChunker(size: SpeechWindow.samples)
        var recordings: [[Float]] = []
        var isOpen = false
        func take(_ steps: [UtteranceSegmenter.Step]) {
            for step in steps {
                switch step {
                case .begin:
                    #expect(!isOpen)
                    isOpen = true
                    recordings.append([])
                case .add(let sound):
                    #expect(isOpen)
                    recordings[recordings.count - 1] += sound
                case .end(let count, _):
                    #expect(isOpen && count <= recordings[recordings.count - 1].count)
                    isOpen = false
                    recordings[recordings.count - 1] = Array(recordings[recordings.count - 1].prefix(count))
                }
            }
        }
        for start in stride(from: 0, to: sound.count, by: piece) {
            let piece = Array(sound[start..<min(sound.count, start + piece)])
            take(cutter.receive(piece, speech: windows.receive(piece).map(isSpeech)))
        }
        take(cutter.finish())
        #expect(!isOpen)
        return recordings
    }

    /// Samples whose values are their positions.
    private func ramp(_ count: Int) -> [Float] { (0..<count).map { Float($0) } }

    @Test func withoutPausesAllAudioIsOneRecording() {
        let sound = ramp(3 * Self.second + 17)
        #expect(recordings(of: sound, .untilStopped) == [sound])
        #expect(recordings(of: [], .untilStopped).isEmpty)
    }

    @Test(arguments: [160, 333, 70_000])
    func intervalsLoseNoAudio(piece: Int) {
        var random = SeededGenerator(seed: 5)
        let sound = (0..<7 * Self.second).map { _ in Float.random(in: -1...1, using: &random) }
        let parts = recordings(of: sound, .intervals(.seconds(2)), piece: piece)
        #expect(parts.count >= 4)
        #expect(parts.allSatisfy { $0.count <= 2 * Self.second + Self.second / 10 })
        #expect(parts.flatMap { $0 } == sound)
    }

    /// The segmenter's `hasSpeech` for each recording; samples of speech are 0.5.
    private func speech(in sound: [Float], _ mode: ListeningMode, isHeard: Bool = true) -> [Bool?] {
        var cutter = UtteranceSegmenter(mode)
        var windows = FrameChunker(size: SpeechWindow.samples)
        var steps: [UtteranceSegmenter.Step] = []
        for start in stride(from: 0, to: sound.count, by: 160) {
            let piece = Array(sound[start..<min(sound.count, start + 160)])
            steps += cutter.receive(
                piece, speech: isHeard ? windows.receive(piece).map { $0.contains(0.5) } : nil)
        }
        return (steps + cutter.finish()).compactMap {
            if case .end(_, let hasSpeech) = $0 { .some(hasSpeech) } else { nil }
        }
    }

    @Test func aRecordingTellsWhetherItContainsSpeech() {
        let silence = [Float](repeating: 0.1, count: 3 * Self.second)
        let words = [Float](repeating: 0.5, count: Self.second)
        #expect(speech(in: silence, .untilStopped) == [false])
        #expect(speech(in: silence + words, .untilStopped) == [true])
        #expect(speech(in: silence + words.prefix(512), .untilStopped) == [false])
        #expect(speech(in: silence + words, .untilStopped, isHeard: false) == [nil])
        let mode = ListeningMode.intervals(.seconds(2))
        let parts = speech(in: silence + words + silence + silence, mode)
        #expect(parts.first == false && parts.last == false)
        #expect((1...2).contains(parts.count { $0 == true }), "\(parts)")
        #expect(speech(in: words + silence, .utterances(silence: .seconds(1), longest: .seconds(60))) == [true])
    }

    /// Sound whose positive samples are speech, such as two seconds of speech after three of silence.
    private func spoken(_ seconds: [(speech: Bool, length: Double)]) -> [Float] {
        seconds.flatMap { [Float](repeating: $0.speech ? 0.5 : 0, count: Int($0.length * Double(Self.second))) }
    }

    @Test func anUtteranceHasItsPreRoll() {
        let sound = spoken([(false, 3), (true, 2), (false, 2), (true, 1)])
        let parts = recordings(of: sound, .utterances(silence: .seconds(1), longest: .seconds(60))) { $0.contains(0.5) }
        #expect(parts.count == 2)
        for part in parts {
            let silent = part.prefix { $0 == 0 }.count
            #expect(silent >= Self.second * 3 / 10)
            #expect(silent < Self.second * 3 / 10 + 512)
        }
        #expect(parts[0].count { $0 == 0.5 } == 2 * Self.second)
        #expect(parts[1].count { $0 == 0.5 } == Self.second)
    }

    @Test func anEndlessUtteranceIsSplit() {
        let sound = spoken([(false, 1), (true, 7), (false, 2)])
        let parts = recordings(of: sound, .utterances(silence: .seconds(1), longest: .seconds(2))) { $0.contains(0.5) }
        #expect(parts.count >= 4)
        #expect(parts.joined().count { $0 == 0.5 } == 7 * Self.second)
        #expect(parts.allSatisfy { $0.count <= 2 * Self.second + Self.second / 10 + 512 })
    }

    /// A detector for the sound after a gap starts with a new window.
    @Test(arguments: [0, 1, 511, 512, 700], [Duration.zero, .milliseconds(1), .milliseconds(32), .seconds(2)])
    func silenceForAGapCompletesItsWindowAtFullLength(before: Int, gap: Duration) throws {
        var cutter = UtteranceSegmenter(.utterances(silence: .seconds(1), longest: .seconds(60)))
        _ = cutter.receive(ramp(before), speech: [Bool](repeating: true, count: before / 512))
        let (sound, speech) = cutter.silence(for: gap, isHeard: true)
        #expect(sound.count >= gap.samples && sound.count < gap.samples + 512)
        #expect((before + sound.count) % 512 == 0 && sound.allSatisfy { $0 == 0 })
        #expect(speech == [Bool](repeating: false, count: (before + sound.count) / 512 - before / 512))
        #expect(cutter.silence(for: gap, isHeard: false).speech == nil)
        #expect(cutter.silence(for: .seconds(10_000), isHeard: false).sound.count <= 61 * Self.second)
    }

    @Test func everyUtteranceIsOneCompleteRecording() throws {
        let session = Manifest.shared.session
        let sound = try AudioBuffer.decoding(Fixtures.audio(session.file)).samples
        let detector = try VoiceActivityDetector(model: Fixtures.voiceActivityModel, threshold: 0.5)
        var cutter = UtteranceSegmenter(.utterances(silence: .milliseconds(500), longest: .seconds(60)))
        var windows = FrameChunker(size: SpeechWindow.samples)
        var position = 0
        var ranges: [Range<Int>] = []
        var sizes: [Int] = []
        for start in stride(from: 0, to: sound.count, by: 320) {
            let piece = Array(sound[start..<min(sound.count, start + 320)])
            position += piece.count
            for step in cutter.receive(piece, speech: windows.receive(piece).map(detector.isSpeech)) {
                switch step {
                case .begin: sizes.append(0)
                case .add(let sound): sizes[sizes.count - 1] += sound.count
                case .end(let count, _):
                    let size = sizes[sizes.count - 1]
                    let end = (position / 512) * 512
                    ranges.append(end - size..<end - size + count)
                }
            }
        }
        #expect(ranges.count == session.utterances.count)
        for (range, utterance) in zip(ranges, session.utterances) {
            let start = Duration(samples: range.lowerBound).inSeconds
            let end = Duration(samples: range.upperBound).inSeconds
            #expect(start <= utterance.start - 0.1 && start >= utterance.start - 0.5, "\(start) \(utterance)")
            #expect(end >= utterance.end && end <= utterance.end + 0.5, "\(end) \(utterance)")
        }
    }
}
