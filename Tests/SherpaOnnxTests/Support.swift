import Foundation
import SpeechTypes
import TestSupport

@testable import ModelFamilies
@testable import SherpaOnnx

extension RecognizerConfiguration {
    /// A configuration with these texts, and defaults for the rest.
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

extension WaveformRecognizer {
    /// Recognises one waveform.
    func decode(
        _ samples: [Float], options: [String: String] = [:], hotwords: [String] = []
    ) throws(SherpaOnnxError) -> RecognitionResult {
        try decode([samples], options: options, hotwords: hotwords)[0]
    }
}
