import Foundation
import TestSupport
import Testing

@testable import SherpaOnnx

@BlockingCalls @Suite struct VoiceActivityDetectorTests {
    private func share(ofSpeechIn samples: [Float], threshold: Float) throws -> Double {
        let detector = try VoiceActivityDetector(model: Fixtures.voiceActivityModel, threshold: threshold)
        let size = VoiceActivityDetector.window
        let answers = stride(from: 0, through: samples.count - size, by: size)
            .map { detector.isSpeech(samples[$0..<$0 + size]) }
        return Double(answers.count { $0 }) / Double(answers.count)
    }

    @Test func speechIsDistinguishedFromSilenceAndNoise() throws {
        #expect(try share(ofSpeechIn: samples("en_digits_16k.wav"), threshold: 0.5) > 0.5)
        #expect(try share(ofSpeechIn: samples("silence_16k.wav"), threshold: 0.5) == 0)
        #expect(try share(ofSpeechIn: samples("noise_16k.wav"), threshold: 0.5) == 0)
    }

    /// The library does not accept thresholds of 0 and 1.
    @Test func aHigherThresholdDetectsLessSpeech() throws {
        let session = try samples(Manifest.shared.session.file)
        let shares = try [Float](arrayLiteral: 0, 0.5, 0.9, 1).map { try share(ofSpeechIn: session, threshold: $0) }
        #expect(shares == shares.sorted(by: >))
        #expect(shares.first ?? 0 > shares.last ?? 1)
    }

    /// sherpa-onnx would end the process for some of these.
    @Test func aFileThatIsNoDetectorIsRefused() throws {
        let folder = try TemporaryFolder()
        let model = try Data(contentsOf: URL(filePath: Fixtures.voiceActivityModel))
        var damaged = model
        damaged[damaged.count / 2] ^= 1
        let paths = [
            folder.file("missing.onnx"), Fixtures.model("sense_voice", "model.onnx"),
            try folder.write(model.dropLast(), to: "short.onnx"), try folder.write(damaged, to: "damaged.onnx"),
        ]
        for path in paths {
            let error = #expect(throws: SherpaOnnxError.self, "\(path)") {
                try VoiceActivityDetector(model: path, threshold: 0.5)
            }
            #expect(error?.code == .wrongModel)
            #expect(error?.words.isEmpty == false)
        }
    }
}
