import Foundation
import ModelFamilies
@testable import Recognition
import SpeechTypes
import Synchronization
import TestSupport
import Testing

/// Real sessions with the fixtures' transducer, heard as fast as they can be.
@BlockingCalls @Suite(.timeLimit(.minutes(5))) struct LiveSessionTests {
    /// Hears a sound in pieces, and ends the session.
    private static func events(
        _ sound: AudioBuffer, _ settings: LiveSettings = LiveSettings(format: .pcm(rate: 16_000)),
        by family: ModelFamily = .transducer, then commands: [LiveCommand] = [],
        bytes: ([Float]) -> [UInt8] = { linear($0) }
    ) async throws -> [LiveEvent] {
        let pipeline = TranscriptionPipeline(
            recognizer: try LoadedPipeline.recognizer(family), lanes: 2, detector: .installed)
        let events = Mutex<[LiveEvent]>([])
        let session = try pipeline.live(LiveStart(settings: settings)) { event in
            events.withLock { $0.append(event) }
        }
        for start in stride(from: 0, to: sound.samples.count, by: 1601) {
            let piece = Array(sound.samples[start..<min(start + 1601, sound.samples.count)])
            #expect(try await session.receive(.audio(bytes(piece))))
        }
        for command in commands { #expect(try await session.receive(.command(command))) }
        #expect(try await !session.receive(.command(.finish)))
        return events.withLock { $0 }
    }

    private static func linear(_ samples: [Float]) -> [UInt8] {
        samples.flatMap { sample in
            let value = UInt16(bitPattern: Int16((sample * 32_767).rounded()))
            return [UInt8(value & 0xFF), UInt8(value >> 8)]
        }
    }

    private static func texts(_ events: [LiveEvent]) -> [Int: String] {
        events.reduce(into: [:]) { texts, event in
            guard case .piece(let turn, let segments, _) = event else { return }
            texts[turn, default: ""] += segments.map(\.text).joined(separator: " ")
        }
    }

    @Test(arguments: [ModelFamily.transducer, .streamingTransducer])
    func theTurnsOfAMinuteOfSpeechAreItsUtterances(family: ModelFamily) async throws {
        let session = Manifest.shared.session
        let events = try await Self.events(.fixture(session.file), by: family)
        let texts = Self.texts(events)
        #expect(texts.keys.sorted().map { texts[$0] } == session.utterances.map { $0.text.uppercased() })
        #expect(events.last == .finished)
        for turn in texts.keys {
            func position(_ matches: (LiveEvent) -> Bool) throws -> Int {
                let index = events.firstIndex(where: matches)
                return try #require(index)
            }
            let began = try position { if case .turnBegan(turn, _, true) = $0 { true } else { false } }
            let stopped = try position { if case .speechStopped(turn, _) = $0 { true } else { false } }
            let committed = try position { if case .committed(turn, _, false) = $0 { true } else { false } }
            // A piece that ends at a pause may have its text before the pause ends the turn.
            let piece = try position { if case .piece(turn, _, _) = $0 { true } else { false } }
            let completed = try position { if case .completed(turn, _) = $0 { true } else { false } }
            #expect(began < stopped && stopped < committed && committed < completed)
            #expect(began < piece && piece < completed)
        }
    }

    @Test func aCommitEndsTheTurn() async throws {
        let settings = LiveSettings(turnDetection: nil, format: .pcm(rate: 16_000))
        let events = try await Self.events(.fixture("en_digits_16k.wav"), settings, then: [.commit, .commit])
        #expect(Self.texts(events) == [0: "ONE TWO THREE FOUR"])
        #expect(events.contains(.commitRefused))
        #expect(!events.contains { if case .speechStopped = $0 { true } else { false } })
    }

    @Test(arguments: [LiveAudioFormat.muLaw, .aLaw]) func telephoneAudioIsHeard(format: LiveAudioFormat) async throws {
        let file = format == .muLaw ? "mulaw" : "alaw"
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.\(file)"
        let made = try await runToEnd(
            "/usr/bin/ffmpeg",
            ["-v", "error", "-i", Fixtures.audio("en_digits_16k.wav"), "-ar", "8000", "-f", file, path])
        #expect(made.status == .exited(0), "\(made.error)")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let pipeline = TranscriptionPipeline(
            recognizer: try LoadedPipeline.recognizer(.transducer), lanes: 1, detector: .installed)
        let events = Mutex<[LiveEvent]>([])
        let session = try pipeline.live(LiveStart(settings: LiveSettings(turnDetection: nil, format: format))) {
            event in
            events.withLock { $0.append(event) }
        }
        #expect(try await session.receive(.audio(bytes)))
        #expect(try await !session.receive(.command(.finish)))
        #expect(Self.texts(events.withLock { $0 }) == [0: "ONE TWO THREE FOUR"])
    }

    /// The speaker pauses within the turn, and the model has written what it heard.
    @Test(arguments: [LiveSettings.TurnDetection(silence: .seconds(20)), nil])
    func aModelForStreamingWritesWhileThePersonSpeaks(detection: LiveSettings.TurnDetection?) async throws {
        let pipeline = TranscriptionPipeline(
            recognizer: try LoadedPipeline.recognizer(.streamingTransducer), lanes: 2, detector: .installed)
        let (events, report) = AsyncStream.makeStream(of: LiveEvent.self)
        let settings = LiveSettings(turnDetection: detection, format: .pcm(rate: 16_000))
        let session = try pipeline.live(LiveStart(settings: settings)) { report.yield($0) }
        #expect(try await session.receive(.audio(Self.linear(try AudioBuffer.fixture("en_digits_16k.wav").samples))))
        var looks: [String] = []
        for await event in events {
            if case .look(0, let text) = event {
                looks.append(text)
                if text.contains("THREE") { break }
            }
            // More silence, as from a microphone: the model decodes what has filled its chunks.
            if case .heard = event, looks.last?.contains("THREE") != true {
                #expect(try await session.receive(.audio(Self.linear([Float](repeating: 0, count: 1600)))))
            }
        }
        #expect(zip(looks, looks.dropFirst()).allSatisfy { $1.hasPrefix($0) && $1 != $0 })
        #expect(try await session.receive(.command(.commit)))
        #expect(try await !session.receive(.command(.finish)))
        report.finish()
        var rest: [LiveEvent] = []
        for await event in events { rest.append(event) }
        #expect(Self.texts(rest) == [0: "ONE TWO THREE FOUR"])
    }

    /// Speech without a pause for longer than a piece may last: the stream has heard the next piece's beginning, and its
    /// words must not be in both.
    @Test func aPieceThatIsCutInSpeechHasOnlyItsOwnWords() async throws {
        let digits = try AudioBuffer.fixture("en_digits_16k.wav").samples
        // Without the quiet between the words.
        let loud = stride(from: 0, to: digits.count - 512, by: 512).map { digits[$0..<$0 + 512] }
            .filter { $0.contains { abs($0) > 0.05 } }.joined()
        let count = Duration.seconds(50).samples / loud.count
        let sound = AudioBuffer(samples: Array(repeatElement(loud, count: count).joined()))
        let settings = LiveSettings(turnDetection: nil, format: .pcm(rate: 16_000))
        let recognizer = try LoadedPipeline.recognizer(.streamingTransducer)
        var (start, lengths) = (0, [Int]())
        for event in try await Self.events(sound, settings, by: .streamingTransducer) {
            guard case .piece(0, let segments, let end) = event else { continue }
            // The session's samples went through 16 bits.
            let heard = sound.samples[start..<min(end, sound.samples.count)].map {
                Float(Int16(($0 * 32_767).rounded())) / 32_768
            }
            let alone = try recognizer.recognize(SpeechSegment(offset: start, audio: AudioBuffer(samples: heard)))
            #expect(segments.map(\.text) == alone.map(\.text))
            lengths.append(end - start)
            start = end
        }
        #expect(start >= sound.samples.count)
        // Cut at the quietest point before 20 s.
        #expect(lengths.dropLast().allSatisfy { $0 > Duration.seconds(12).samples }, "\(lengths)")
        #expect(lengths.count >= 3)
    }

    /// The recording ends with a breath after its last sentence, for which the model writes "You".
    @Test func aBreathHasNoText() async throws {
        let speech = try AudioBuffer.decoding(Fixtures.speech("two_cities.wav")).samples.suffix(
            Duration.seconds(5).samples)
        let sound = AudioBuffer(samples: speech + [Float](repeating: 0, count: Duration.seconds(1).samples))
        let texts = try Self.texts(await Self.events(sound, by: .moonshine))
        #expect(texts.values.contains { $0.hasSuffix("only.") }, "\(texts)")
        #expect(texts.count > 1 && texts.values.count { !$0.isEmpty } == 1, "\(texts)")
    }

    @Test func silenceGivesNoTurn() async throws {
        let events = try await Self.events(AudioBuffer(samples: [Float](repeating: 0, count: 16_000 * 5)))
        #expect(!events.contains { if case .turnBegan = $0 { true } else { false } })
    }

    @Test func clearedAudioGivesNoText() async throws {
        let settings = LiveSettings(turnDetection: nil, format: .pcm(rate: 16_000))
        let events = try await Self.events(.fixture("en_word_16k.wav"), settings, then: [.clear, .commit])
        #expect(events.contains(.cleared))
        #expect(events.contains(.commitRefused))
        #expect(Self.texts(events).isEmpty)
    }

    @Test func aLanguageThatTheModelDoesNotHaveIsRefused() throws {
        let pipeline = TranscriptionPipeline(
            recognizer: try LoadedPipeline.recognizer(.whisper), lanes: 1, detector: .installed)
        #expect(throws: TranscriptionError.self) {
            try pipeline.live(LiveStart(settings: LiveSettings(language: Language(code: "xx")))) { _ in }
        }
    }
}
