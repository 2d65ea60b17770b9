import Foundation
import SherpaOnnx
import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies

@BlockingCalls @Suite struct MoonshineTests {
    @Test func theStarterModelReadsRealSpeech() throws {
        let transcript = try LoadedModel.recognizer(.moonshine).transcript(.decoding(Fixtures.speech("beckett.wav")))
        #expect(transcript.text == "Ever tried, ever failed, no matter, try again, fail again, fail better.")
        #expect(transcript.language == nil)
    }

    @Test func aSegmentWithoutTokenTimesHasTheLengthOfItsAudio() throws {
        let sound = try AudioBuffer.decoding(Fixtures.speech("beckett.wav"))
        let segment = SpeechSegment(offset: 16_000, audio: sound)
        let recognized = try LoadedModel.recognizer(.moonshine).recognize(segment, language: nil)
        #expect(recognized.map(\.start) == [segment.start])
        #expect(recognized.map(\.end) == [segment.end])
        #expect(recognized.flatMap(\.tokens).allSatisfy { $0.start == nil })
    }

    /// The layout of older exports, of which there is no model here: the library names the file that each field is for.
    @Test(arguments: [
        ("preprocessor", "preprocessor"), ("encoder", "encoder"), ("uncached_decoder", "uncached decoder"),
        ("cached_decoder", "cached decoder"),
    ])
    func theLayoutWithSeparateDecodersReachesTheLibrary(missing: String, words: String) throws {
        let folder = try TemporaryFolder()
        let names = ["preprocessor", "encoder", "uncached_decoder", "cached_decoder", "tokens"]
        for name in names where name != missing { try folder.write(Data([0]), to: name) }
        let model = ModelSpecification(
            name: "separate", family: .moonshine,
            files: Dictionary(uniqueKeysWithValues: names.map { ($0, folder.file($0)) }))
        let configuration = try model.configuration(for: RecognizerSettings(), operatorThreads: 1)
        let error = #expect(throws: SherpaOnnxError.self) { try OfflineRecognizer(configuration) }
        #expect(error?.words.contains(folder.file(missing)) == true, "\(error?.words ?? "")")
        #expect(error?.words.lowercased().contains(words) == true, "\(error?.words ?? "")")
    }
}
