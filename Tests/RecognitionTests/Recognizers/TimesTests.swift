import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies

/// The results' data other than text. The expected times are those of Tests/Fixtures/VERIFY.md.
@BlockingCalls @Suite struct TimesTests {
    nonisolated static let withSegments = ModelOptions(["enable_segment_timestamps": true])
    nonisolated static let withTokens = ModelOptions(["enable_token_timestamps": true])
    nonisolated static let withBoth = ModelOptions([
        "enable_segment_timestamps": true, "enable_token_timestamps": true,
    ])

    @Test(
        arguments: [
            ("en_two_phrases_16k.wav", [("one two three", 0.25, 1.23), ("seven eight", 2.43, 3.25)]),
            (
                "en_long_16k.flac",
                [
                    ("open one two three", 0.25, 1.54), ("left right", 2.74, 3.43), ("four five six seven", 4.63, 6.21),
                    ("stop nine", 7.41, 8.23), ("close zero", 9.43, 10.31),
                ]
            ),
        ] as [(String, [(String, Double, Double)])], [withSegments, withBoth])
    func whisperReportsSegmentTimesOnRequest(
        recording: (file: String, phrases: [(text: String, start: Double, end: Double)]), options: ModelOptions
    ) throws {
        let sound = SpeechSegment(offset: 16_000, audio: try .fixture(recording.file))
        let segments = try LoadedModel.recognizer(.whisper, options: options).recognize(sound, language: nil)
        #expect(segments.map(\.text) == recording.phrases.map(\.text))
        for (segment, phrase) in zip(segments, recording.phrases) {
            #expect(abs(segment.start.inSeconds - 1 - phrase.start) < 0.1, "\(phrase.text)")
            #expect(abs(segment.end.inSeconds - 1 - phrase.end) < 0.1, "\(phrase.text)")
            #expect(segment.tokens.map(\.text).joined().trimmingPrefix(" ") == phrase.text[...])
            #expect(segment.tokens.allSatisfy { ($0.start != nil) == (options == Self.withBoth) })
            #expect(segment.language?.code == "en")
        }
    }

    @Test func whisperReportsTokenTimesOnRequest() throws {
        let recording = try #require(Manifest.shared.files.first { $0.file == "en_digits_16k.flac" })
        let sound = try AudioBuffer.fixture(recording.file)
        let segments = try LoadedModel.recognizer(.whisper, options: Self.withTokens).recognize(sound)
        let tokens = try #require(segments.first).tokens
        let starts = tokens.compactMap(\.start)
        #expect(starts.count == tokens.count)
        #expect(starts == starts.sorted())
        #expect(starts.first == .zero, "the library lets the first token begin at the start of the sound")
        for token in tokens {
            let end = (token.start ?? .zero) + (try #require(token.duration))
            #expect(end <= sound.duration && end >= token.start ?? .zero)
        }
        #expect(try LoadedModel.recognizer(.whisper).recognize(sound).flatMap(\.tokens).allSatisfy { $0.start == nil })
    }

    @Test(arguments: ["greedy_search", "modified_beam_search"])
    func transducersReportTokenProbabilities(method: String) throws {
        let recognizer = try LoadedModel.recognizer(
            .transducer, options: ModelOptions(["decoding_method": .text(method)]))
        let sure = try recognizer.recognize(.fixture("en_digits_16k.wav")).flatMap(\.tokens)
        let unsure = try recognizer.recognize(.fixture("en_homophones_16k.wav")).flatMap(\.tokens)
        for token in sure + unsure {
            let logProbability = try #require(token.logProbability)
            #expect(logProbability <= 0 && logProbability.isFinite)
        }
        #expect(!sure.isEmpty && !unsure.isEmpty)
    }

    @Test(arguments: [
        ModelFamily.senseVoice, .paraformer, .zipformerCTC, .whisper, .moonshine, .streamingTransducer,
    ])
    func otherFamiliesReportNoTokenProbabilities(family: ModelFamily) throws {
        let tokens = try LoadedModel.recognizer(family).recognize(.fixture("en_digits_16k.wav")).flatMap(\.tokens)
        #expect(!tokens.isEmpty)
        #expect(tokens.allSatisfy { $0.logProbability == nil && $0.duration == nil })
    }

    @Test(
        arguments: [
            (ModelFamily.moonshine, [:], Duration.seconds(15)), (.whisper, [:], .seconds(8)),
            (.whisper, ["preferred_segment": 9.5], .milliseconds(9_500)),
            (.moonshine, ["preferred_segment": 60], .seconds(20)),
        ] as [(ModelFamily, [String: OptionValue], Duration)])
    func speechIsJoinedUpToThePreferredLength(
        family: ModelFamily, options: [String: OptionValue], length: Duration
    ) {
        #expect(ModelSpecification.fixture(family, options: ModelOptions(options)).preferredSegment == length)
    }

    /// Compares the families' data about times with the available models.
    @Test(arguments: ModelFamily.withFixture)
    func familiesReportTheTimesTheyDeclare(family: ModelFamily) throws {
        let tokens = try LoadedModel.recognizer(family).recognize(.fixture("en_digits_16k.wav")).flatMap(\.tokens)
        #expect(family.tellsLogProbabilities == tokens.allSatisfy { $0.logProbability != nil })
        switch family.times {
        case .tokens, .tokensOfSomeModels: #expect(tokens.allSatisfy { $0.start != nil })
        case .none, .byOption: #expect(tokens.allSatisfy { $0.start == nil })
        }
    }
}
