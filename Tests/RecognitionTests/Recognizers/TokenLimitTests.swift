import SherpaOnnx
import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies

@BlockingCalls @Suite struct TokenLimitTests {
    @Test(
        arguments: [
            (6.0, nil, Duration.seconds(28), 168), (6, 448, .seconds(28), 168), (6, 160, .seconds(28), 80),
            (6, 160, .seconds(10), 60), (15, nil, .milliseconds(1_500), 22), (6, 448, .milliseconds(100), 0),
            (6, nil, .zero, 0), (6, .max, .seconds(28), 168), (6, .min, .seconds(28), .min / 2),
            (1e300, nil, .seconds(1), .max),
        ] as [(Double, Int?, Duration, Int)])
    func theTokenLimitOfADecodeIsKnown(perSecond: Double, context: Int?, duration: Duration, tokens: Int) {
        let limit = TokenLimit(perSecond: perSecond, context: .init(file: "encoder", key: "n_text_ctx"))
        #expect(limit.tokens(in: duration, context: context) == tokens)
    }

    @Test(arguments: [(nil, 120), (500, 492)] as [(Double?, Int)])
    func anOptionCanSetTheTokenLimit(option: Double?, tokens: Int) {
        let limit = FamilySetup.qwen3ASR.layouts[0].tokenLimit
        let options = ModelOptions(option.map { ["max_new_tokens": .number($0)] } ?? [:])
        #expect(limit?.tokens(in: .seconds(20), options: options) == tokens)
    }

    @Test(arguments: [
        (["encoder", "merged_decoder", "tokens"], 15.0),
        (["preprocessor", "encoder", "uncached_decoder", "cached_decoder", "tokens"], 6.0),
    ])
    func eachMoonshineLayoutHasItsDecodersLimit(files: [String], perSecond: Double) {
        #expect(FamilySetup.moonshine.layout(of: files)?.tokenLimit?.perSecond == perSecond)
    }

    /// 27 s of digits without a pause: 96 tokens, where half of the fixture's text context is 80.
    @Test func whisperTranscribesMoreThanOneDecodeCanWrite() throws {
        let digits = try AudioBuffer.fixture("en_digits_16k.flac").stretch(.milliseconds(250), .milliseconds(3_679))
        let sound = digits.repeated(8)
        let words = Array(repeating: "zero one two three four five six seven eight nine", count: 8)

        let bare = try bareDecode(of: .whisper, sound)
        #expect(bare.tokens.count == 80)
        #expect(words.joined(separator: " ").hasPrefix(bare.text.trimmingPrefix(" ")))

        let transcript = try LoadedModel.recognizer(.whisper).transcript(sound)
        #expect(transcript.text == words.joined(separator: " "))
        #expect(transcript.segments.count > 1)
        #expect(transcript.segments.first?.start == .zero)
        #expect(transcript.segments.last?.end == sound.duration)
        for (before, after) in zip(transcript.segments, transcript.segments.dropFirst()) {
            #expect(before.end == after.start)
        }
    }

    /// Speech too dense for 6 tokens a second, which is the limit of Moonshine's older decoder only.
    @Test func moonshineTranscribesFastSpeechInOneDecode() throws {
        let sound = try AudioBuffer.decoding(Fixtures.speech("two_cities.wav"))
            .stretch(.seconds(20), .seconds(26))
            .faster(by: 1.5)
        let bare = try bareDecode(of: .moonshine, sound)
        #expect(Double(bare.tokens.count) > 6 * sound.duration.inSeconds)

        let segments = try LoadedModel.recognizer(.moonshine).recognize(sound)
        #expect(segments.count == 1)
        #expect(segments.first?.text == String(bare.text.trimmingPrefix(" ")))
    }

    /// The result of a single decode of a sound by sherpa-onnx.
    private func bareDecode(of family: ModelFamily, _ sound: AudioBuffer) throws -> RecognitionResult {
        let configuration = try ModelSpecification.fixture(family).configuration(
            for: RecognizerSettings(), operatorThreads: 1)
        return try OfflineRecognizer(configuration).decode([sound.samples], options: [:], hotwords: [])[0]
    }
}
