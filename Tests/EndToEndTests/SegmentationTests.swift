import Foundation
import TestSupport
import Testing

/// Recordings that the request asks to cut, and the times of their words and segments.
@Suite(.serialized, .server(TestRegistry(TestRegistry.Model.fixtures + [.timedWhisper])))
struct SegmentationTests {
    private struct Verbose: Decodable {
        struct Segment: Decodable {
            let start, end: Double
            let text: String
        }
        struct Word: Decodable {
            let word: String
            let start, end: Double
        }
        let duration: Double
        let text: String
        let segments: [Segment]?
        let words: [Word]?
    }

    private static let session = Manifest.shared.session

    @Test(arguments: ["sense_voice", "paraformer", "transducer", "whisper"])
    func everyUtteranceIsASegmentWithItsTextAndTimes(model: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            Self.session.file,
            [
                "model": model, "response_format": "verbose_json",
                "chunking_strategy": #"{"type": "server_vad", "silence_duration_ms": 500}"#,
            ])
        let verbose = try answer.json(Verbose.self)
        let segments = try #require(verbose.segments)
        #expect(verbose.words == nil)
        #expect(verbose.duration == Self.session.duration)
        #expect(segments.map { $0.text.lowercased() } == Self.session.utterances.map(\.text))
        #expect(segments.map(\.text).joined(separator: " ") == verbose.text)
        for (segment, utterance) in zip(segments, Self.session.utterances) {
            #expect(abs(segment.start - utterance.start) <= 0.25, "\(segment) \(utterance)")
            #expect(abs(segment.end - utterance.end) <= 0.25, "\(segment) \(utterance)")
        }
    }

    @Test func eachSegmentIsADeltaAndTheyJoinToTheText() async throws {
        let events = try await APIClient.shared().stream(
            .init(path: Fixtures.audio(Self.session.file)),
            [
                "model": "sense_voice", "stream": "true", "chunking_strategy[type]": "server_vad",
                "chunking_strategy[silence_duration_ms]": "500",
            ])
        let expected = Self.session.utterances.map(\.text)
        #expect(events.prefix(2) == [.delta(expected[0]), .delta(" " + expected[1])])
        #expect(events.count == expected.count + 2)
        #expect(events.deltas == expected.joined(separator: " "))
        #expect(events.doneText == events.deltas)
    }

    @Test func segmentedSilenceHasNoText() async throws {
        for file in ["silence_16k.wav", "noise_16k.wav"] {
            let answer = try await APIClient.shared().transcribe(
                file, ["model": "sense_voice", "response_format": "verbose_json", "chunking_strategy": "auto"])
            #expect(answer.status == 200)
            let verbose = try answer.json(Verbose.self)
            #expect(verbose.text.isEmpty)
            #expect(verbose.segments?.isEmpty == true)
            #expect(verbose.duration == 1.5)
        }
    }

    @Test(arguments: [["segment"], ["word"], ["word", "segment"]])
    func requestedTimesAreSent(granularities: [String]) async throws {
        let client = try APIClient.shared()
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_digits_16k.wav"))
        let name = "timestamp_granularities[]"
        let answer =
            granularities.count == 1
            ? try await client.transcribe(
                file, ["model": "sense_voice", "response_format": "verbose_json", name: granularities[0]])
            : try await client.transcribe(
                file,
                [
                    "model": "sense_voice", "response_format": "verbose_json", name: granularities[0],
                    name: granularities[1],
                ])
        let verbose = try answer.json(Verbose.self)
        #expect((verbose.segments != nil) == granularities.contains("segment"))
        #expect((verbose.words != nil) == granularities.contains("word"))
        guard let words = verbose.words else { return }
        #expect(words.map(\.word) == ["one", "two", "three", "four"])
        for (word, start) in zip(words, [0.25, 0.5, 0.713, 0.958]) { #expect(abs(word.start - start) <= 0.15) }
        for (word, next) in zip(words, words.dropFirst()) { #expect(word.end <= next.start) }
    }

    @Test(arguments: ["paraformer", "transducer", "timed-whisper"])
    func wordTimesAreWithinTheirUtterances(model: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            Self.session.file,
            ["model": model, "response_format": "verbose_json", "timestamp_granularities[]": "word"])
        let words = try #require(try answer.json(Verbose.self).words)
        let utterances = Self.session.utterances
        #expect(
            words.map { $0.word.lowercased() } == utterances.flatMap { $0.text.split(separator: " ").map(String.init) })
        var rest = words[...]
        for utterance in utterances {
            let own = rest.prefix(utterance.text.split(separator: " ").count)
            rest = rest.dropFirst(own.count)
            let (first, last) = try (#require(own.first), #require(own.last))
            #expect(first.start >= utterance.start - 0.3 && last.start <= utterance.end + 0.3, "\(own) \(utterance)")
        }
    }

    /// The true times are those of Tests/Fixtures/VERIFY.md.
    @Test func whisperReportsWordsAndSegmentsIfConfigured() async throws {
        let name = "timestamp_granularities[]"
        let answer = try await APIClient.shared().transcribe(
            "en_two_phrases_16k.wav",
            ["model": "timed-whisper", "response_format": "verbose_json", name: "word", name: "segment"])
        let verbose = try answer.json(Verbose.self)
        let segments = try #require(verbose.segments)
        #expect(segments.map(\.text) == ["one two three", "seven eight"])
        for (segment, times) in zip(segments, [(0.25, 1.23), (2.43, 3.25)]) {
            #expect(abs(segment.start - times.0) <= 0.1 && abs(segment.end - times.1) <= 0.1, "\(segment)")
        }
        let words = try #require(verbose.words)
        #expect(words.map(\.word) == ["one", "two", "three", "seven", "eight"])
        for (word, segment) in zip(words, [0, 0, 0, 1, 1].map { segments[$0] }) {
            #expect(word.start >= segment.start && word.end <= segment.end, "\(word) \(segment)")
        }
        for (word, next) in zip(words, words.dropFirst()) { #expect(word.end <= next.start) }
    }

    @Test func wordTimesAreEstimatedIfTheModelHasNone() async throws {
        let fields: KeyValuePairs = [
            "model": "whisper", "response_format": "verbose_json", "timestamp_granularities[]": "word",
        ]
        let answer = try await APIClient.shared().transcribe("en_digits_16k.wav", fields)
        let words = try #require(try answer.json(Verbose.self).words)
        #expect(answer.headers["x-asr-estimated"] == "words")
        #expect(words.map(\.word) == ["one", "two", "three", "four"])
        for (word, start) in zip(words, [0.25, 0.5, 0.713, 0.958]) { #expect(abs(word.start - start) <= 0.25) }
        for (word, next) in zip(words, words.dropFirst()) { #expect(word.end <= next.start) }
    }

    @Test(arguments: ["json", "text", "srt", "verbose_json"])
    func requestingWordTimesIsNeverAnError(format: String) async throws {
        let fields: KeyValuePairs = [
            "model": "whisper", "response_format": format, "timestamp_granularities[]": "word",
        ]
        let answer = try await APIClient.shared().transcribe("en_digits_16k.wav", fields)
        #expect(answer.status == 200)
        #expect((answer.headers["x-asr-ignored"] == "timestamp_granularities") == (format != "verbose_json"))
        #expect((answer.headers["x-asr-estimated"] == nil) == (format != "verbose_json"))
    }

    @Test func timesOfTheModelAreNotMarkedAsEstimates() async throws {
        let fields: KeyValuePairs = [
            "model": "sense_voice", "response_format": "verbose_json", "timestamp_granularities[]": "word",
        ]
        let answer = try await APIClient.shared().transcribe("en_digits_16k.wav", fields)
        #expect(answer.headers["x-asr-estimated"] == nil)
    }
}
