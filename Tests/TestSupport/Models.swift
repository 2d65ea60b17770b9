package import ModelFamilies

extension ModelSpecification {
    /// A tiny model of Tests/Fixtures/models; for `moonshine`, the starter model, which set-up downloaded. For a family
    /// without a fixture, its files do not exist.
    package static func fixture(_ family: ModelFamily, options: ModelOptions = ModelOptions()) -> ModelSpecification {
        ModelSpecification(name: "tiny-\(family.rawValue)", family: family, files: files(of: family), options: options)
    }

    private static func files(of family: ModelFamily) -> [String: String] {
        func fixture(_ file: String) -> String { Fixtures.model(family.rawValue, file) }
        return switch family {
        case .senseVoice: ["model": fixture("model.onnx"), "tokens": fixture("tokens.txt")]
        case .zipformerCTC: ["model": fixture("model.onnx"), "tokens": fixture("tokens.txt")]
        case .paraformer: ["paraformer": fixture("model.onnx"), "tokens": fixture("tokens.txt")]
        case .whisper:
            [
                "encoder": fixture("encoder.onnx"), "decoder": fixture("decoder.onnx"), "tokens": fixture("tokens.txt"),
            ]
        case .transducer, .streamingTransducer:
            [
                "encoder": fixture("encoder.onnx"), "decoder": fixture("decoder.onnx"),
                "joiner": fixture("joiner.onnx"), "tokens": fixture("tokens.txt"),
            ]
        case .moonshine:
            [
                "encoder": Fixtures.starterModel("encoder_model.ort"),
                "merged_decoder": Fixtures.starterModel("decoder_model_merged.ort"),
                "tokens": Fixtures.starterModel("tokens.txt"),
            ]
        case .nemoCTC, .wenetCTC, .telespeechCTC, .tdnn, .dolphin, .omnilingual, .medASR, .fireRedASR, .fireRedASRCTC,
            .canary, .cohereTranscribe, .funASRNano, .qwen3ASR, .streamingParaformer, .streamingZipformerCTC,
            .streamingNeMoCTC, .streamingToneCTC:
            Dictionary(uniqueKeysWithValues: (family.fileLayouts.first ?? []).map { ($0, fixture($0)) })
        }
    }
}

extension ModelOptions {
    /// The options with which the fixture transducers accept hints: both have the same tokens.
    package static let withHotwords = ModelOptions([
        "decoding_method": "modified_beam_search", "modeling_unit": "bpe", "hotwords_score": 3,
        "bpe_vocab": .text(Fixtures.model("transducer", "bpe.vocab")),
    ])
}

extension ModelFamily {
    /// The families that tests can run.
    package static let withFixture: [ModelFamily] = [
        .senseVoice, .whisper, .paraformer, .transducer, .moonshine, .zipformerCTC, .streamingTransducer,
    ]
}
