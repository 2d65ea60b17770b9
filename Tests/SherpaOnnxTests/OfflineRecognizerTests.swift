import Foundation
import TestSupport
import Testing

@testable import ModelFamilies
@testable import SherpaOnnx

@BlockingCalls @Suite struct OfflineRecognizerTests {
    @Test func speechBecomesTextTokensAndTimes() throws {
        let recognizer = try OfflineRecognizer(.senseVoice)
        let result = try recognizer.decode(samples("en_digits_16k.wav"))
        #expect(result.text == "one two three four")
        #expect(result.language == "<|en|>")
        let starts = try #require(result.timestamps)
        #expect(starts.count == result.tokens.count)
        #expect(starts == starts.sorted())
    }

    @Test func oneRecognizerDecodesManyWaveforms() throws {
        let recognizer = try OfflineRecognizer(.paraformer)
        for _ in 0..<3 {
            #expect(try recognizer.decode(samples("en_digits_16k.wav")).text == "one two three four")
            #expect(try recognizer.decode(samples("en_word_16k.wav")).text == "stop")
        }
    }

    @Test(arguments: [0, 1, 80, OfflineRecognizer.minimumSamples - 1])
    func fewerSamplesThanOneFrameAreRefused(count: Int) throws {
        let recognizer = try OfflineRecognizer(.paraformer)
        let error = #expect(throws: SherpaOnnxError.self) {
            try recognizer.decode(Array(repeating: 0.1, count: count))
        }
        #expect(error?.code == .tooFewSamples)
    }

    @Test func theFewestSamplesAllowedAreDecoded() throws {
        let recognizer = try OfflineRecognizer(.paraformer)
        #expect(try recognizer.decode(Array(repeating: 0, count: OfflineRecognizer.minimumSamples)).text.isEmpty)
    }

    /// A file in place of one of the model's (`nil`: a missing file), and a part of the library's message.
    @Test(arguments: [
        (TextField.paraformerModel, nil, "Paraformer model '"), (.tokens, nil, "tokens: '"),
        (.paraformerModel, "<html>Not Found</html>", "Protobuf parsing failed"),
        (.tokens, tokensWithoutEnd, "Failed to create OfflineRecognizer"),
    ])
    func aFailedCreationThrowsTheLibrarysMessage(
        field: TextField, content: String?, words: String
    ) throws {
        let folder = try TemporaryFolder()
        if let content { try folder.write(Data(content.utf8), to: "file.onnx") }
        var configuration = RecognizerConfiguration.paraformer
        configuration.texts[field] = folder.file("file.onnx")
        let error = #expect(throws: SherpaOnnxError.self) { try OfflineRecognizer(configuration) }
        #expect(error?.code == .notCreated)
        #expect(error?.words.contains(words) == true, "\(error?.words ?? "")")
        #expect(error?.words.contains(".cc:") == false, "the library's source positions are removed")
    }

    /// Paraformer looks for `</s>`.
    private nonisolated static let tokensWithoutEnd = (0..<50).map { "t\($0) \($0)\n" }.joined()

    /// Fewer samples than Moonshine's three convolutions need: the library catches the exception and answers "".
    @Test(arguments: [400, 600, 800])
    func anExceptionInTheLibraryIsThrown(count: Int) throws {
        let recognizer = try OfflineRecognizer(.moonshine)
        let error = #expect(throws: SherpaOnnxError.self) {
            try recognizer.decode(Array(repeating: 0.1, count: count))
        }
        #expect(error?.code == .decodingFailed)
        #expect(error?.words.contains("Caught exception") == true)
        #expect(error?.words.contains("Number of audio samples: \(count)") == true, "\(error?.words ?? "")")
    }
}
