@testable import SpeechTypes
import TestSupport
import Testing

@BlockingCalls @Suite struct SpeechSegmenterTests {
    @Test(arguments: CutRecording.allUnbroken)
    func unbrokenSpeechIsTiledExactly(recording: CutRecording) {
        let segments = recording.segments()
        #expect(segments.flatMap(\.audio.samples) == recording.sound.samples)
        var end = 0
        for segment in segments {
            #expect(segment.offset == end)
            end += segment.audio.samples.count
            #expect(segment.speech == segment.offset..<end)
        }
        let window = recording.settings.window.samples
        #expect(segments.allSatisfy { $0.audio.samples.count <= window })
        #expect(
            segments.allSatisfy {
                $0.audio.samples.count >= min(SpeechSegmenter.shortest, recording.sound.samples.count)
            })
        #expect((segments.count == 1) == (recording.sound.samples.count <= window))
    }

    @Test(arguments: CutRecording.allUnbroken)
    func segmentsDoNotDependOnChunking(recording: CutRecording) {
        var whole = recording
        whole.pieces = [(recording.sound.samples.count, true)]
        #expect(recording.segments() == whole.segments())
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func segmentsAreOrderedAndBoundedAndHaveTheirAudio(seed: UInt64) {
        let recording = CutRecording.random(seed)
        var end = 0
        for segment in recording.segments() {
            #expect(segment.offset >= end)
            end = segment.offset + segment.audio.samples.count
            #expect(end <= recording.sound.samples.count)
            #expect(segment.audio.samples == Array(recording.sound.samples[segment.offset..<end]))
            #expect(segment.audio.samples.count <= recording.settings.window.samples)
            #expect(segment.audio.samples.count >= SpeechSegmenter.shortest)
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func allSpeechIsInASegmentAtItsPosition(seed: UInt64) throws {
        let recording = CutRecording.random(seed)
        let segments = recording.segments()
        for speech in recording.speech {
            var unheard = speech.lowerBound
            for segment in segments where segment.offset <= unheard {
                unheard = max(unheard, segment.offset + segment.audio.samples.count)
            }
            #expect(unheard >= speech.upperBound, "\(speech)")
        }
        for segment in segments {
            let place = segment.offset..<segment.offset + segment.audio.samples.count
            let inside = recording.speech.map { $0.clamped(to: place) }.filter { !$0.isEmpty }
            let (first, last) = try (#require(inside.first), #require(inside.last))
            #expect(segment.speech == first.lowerBound..<last.upperBound)
        }
    }

    /// Segments in tenths of a second: 3 of sound before speech, 2 after it; a pause of 2 ends a stretch.
    @Test(arguments: [
        ("", []), ("............", []), ("....###......", [1..<9]), ("###......", [0..<5]), ("......##", [3..<8]),
        ("....#.#......", [1..<9]), ("#.........#.......", [0..<3, 7..<13]),
        ("##....##......", [0..<4, 4..<10]), ("##..##......", [0..<3, 3..<8]),
    ])
    func segmentsIncludeAudioAroundSpeech(marks: String, expected: [Range<Int>]) {
        #expect(CutRecording(marks, .tenths(window: 30)).segments().map(\.tenths) == expected)
    }

    @Test func audioAroundSpeechIsCutFirst() {
        let marks = String(repeating: ".", count: 10) + String(repeating: "#", count: 26) + "........"
        #expect(CutRecording(marks, .tenths(window: 30)).segments().map(\.tenths) == [7..<37])
    }

    @Test(arguments: [
        ("##...##...##......", 30, [0..<14]), ("##...##...##......", 9, [0..<8, 8..<14]),
        ("##...##...##......", 8, [0..<3, 3..<8, 8..<14]),
        // Stretches that are two seconds apart are not joined.
        ("##" + String(repeating: ".", count: 20) + "##......", 100, [0..<26]),
        ("##" + String(repeating: ".", count: 21) + "##......", 100, [0..<4, 20..<27]),
    ])
    func neighbouringSpeechIsJoinedUpToALength(marks: String, joining: Int, expected: [Range<Int>]) {
        let settings = SpeechSegmenter.Settings.tenths(window: 100, joining: joining)
        let segments = CutRecording(marks, settings).segments()
        #expect(segments.map(\.tenths) == expected)
    }

    @Test func aSegmentHasTheTimesOfItsSpeech() {
        let segments = CutRecording("....##...##........", .tenths(window: 30, joining: 30)).segments()
        #expect(segments.map(\.speech) == [6_400..<17_600])
    }

    @Test func aShortRemainderIsNoSegmentOfItsOwn() {
        var recording = CutRecording("#####..", .tenths(window: 30, prefix: 0))
        recording.sound.samples += recording.sound.samples.prefix(400)
        recording.pieces.append((400, true))
        #expect(recording.segments().map { $0.offset + $0.audio.samples.count } == [11_600])
    }

    @Test(arguments: Array(stride(from: 22_000, to: 30_000, by: 1_234)))
    func unbrokenSpeechIsCutAtTheQuietestPointOfTheLastThird(quiet: Int) throws {
        var recording = CutRecording.unbroken(48_000, window: 32_000, seed: 1)
        recording.sound = .noise(48_000, quiet: quiet..<quiet + 1_920)
        let first = try #require(recording.segments().first)
        #expect((quiet...quiet + 1_920).contains(first.audio.samples.count))
    }

    @Test func quietFarFromTheEndDoesNotShortenASegment() throws {
        var recording = CutRecording.unbroken(48_000, window: 32_000, seed: 1)
        recording.sound = .noise(48_000, quiet: 2_000..<20_000)
        let first = try #require(recording.segments().first)
        #expect(first.audio.samples.count >= 32_000 * 2 / 3)
    }

    /// Ten years; the detector's own counter would have overflowed two thousand times.
    @Test func positionsGoFarBeyond32Bits() {
        var sound = AudioHistory(start: 5_000_000_000_000)
        let place = sound.append([1, 2, 3], isSpeech: true)
        #expect(place == 5_000_000_000_000..<5_000_000_000_003)
        #expect(sound.takeSpeech(in: place) == [place])
    }

    @Test func hoursOfSilenceAreNotBuffered() {
        var sound = AudioHistory()
        for _ in 0..<1_000 {
            let place = sound.append([Float](repeating: 0, count: 1_600)[...], isSpeech: false)
            sound.forget(before: place.upperBound)
            #expect(sound.count <= AudioBuffer.sampleRate)
        }
    }
}

extension SpeechSegmenter.Settings {
    fileprivate static func tenths(window: Int, prefix: Int = 3, joining: Int = 0) -> Self {
        .init(
            window: .milliseconds(100 * window), prefix: .milliseconds(100 * prefix), silence: .milliseconds(200),
            joining: .milliseconds(100 * joining))
    }
}

extension SpeechSegment {
    /// The range from the first to the last speech.
    fileprivate var speech: Range<Int>? {
        stretches.first.map { $0.lowerBound..<(stretches.last ?? $0).upperBound }
    }

    /// Its range in whole tenths of a second.
    fileprivate var tenths: Range<Int> { offset / 1_600..<(offset + audio.samples.count) / 1_600 }
}
