import Foundation
import SpeechTypes
import TestSupport

@testable import SherpaOnnx

extension OfflineRecognizerConfiguration {
    /// A configuration with these texts beside the defaults.
    init(_ texts: [TextField: String]) {
        self.init()
        self.texts.merge(texts) { $1 }
    }

    static let paraformer = Self([
        .paraformerModel: Fixtures.model("paraformer", "model.onnx"),
        .tokens: Fixtures.model("paraformer", "tokens.txt"),
    ])

    static let senseVoice = Self([
        .senseVoiceModel: Fixtures.model("sense_voice", "model.onnx"),
        .tokens: Fixtures.model("sense_voice", "tokens.txt"),
        .senseVoiceLanguage: "auto",
    ])

    /// The starter model.
    static let moonshine = Self([
        .moonshineEncoder: Fixtures.starterModel("encoder_model.ort"),
        .moonshineMergedDecoder: Fixtures.starterModel("decoder_model_merged.ort"),
        .tokens: Fixtures.starterModel("tokens.txt"),
    ])
}

/// The speech of a recording of the fixtures.
func samples(_ file: String) throws -> [Float] {
    try AudioBuffer.decoding(Fixtures.audio(file)).samples
}

/// Runs a body on threads, all at once.
///
/// - Returns: The results in the order of the threads' numbers.
func onThreads<R: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> R) async -> [R] {
    await withTaskGroup(of: (Int, R).self) { group in
        for number in 0..<count {
            group.addTask {
                await withCheckedContinuation { continuation in
                    Thread.detachNewThread { continuation.resume(returning: (number, body(number))) }
                }
            }
        }
        return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
