import CSherpaOnnx
import ModelFamilies

/// The key path of each setting in the C structure of online recognizers; `nil` for a setting of offline ones only.
extension TextField {
    var onlinePath: WritableKeyPath<SherpaOnnxOnlineRecognizerConfig, UnsafePointer<CChar>?>? {
        switch self {
        case .tokens: \.model_config.tokens
        case .provider: \.model_config.provider
        case .modelingUnit: \.model_config.modeling_unit
        case .bpeVocabulary: \.model_config.bpe_vocab
        case .decodingMethod: \.decoding_method
        case .hotwordsFile: \.hotwords_file
        case .ruleFSTs: \.rule_fsts
        case .ruleFARs: \.rule_fars
        case .transducerEncoder: \.model_config.transducer.encoder
        case .transducerDecoder: \.model_config.transducer.decoder
        case .transducerJoiner: \.model_config.transducer.joiner
        case .paraformerEncoder: \.model_config.paraformer.encoder
        case .paraformerDecoder: \.model_config.paraformer.decoder
        case .zipformer2CTCModel: \.model_config.zipformer2_ctc.model
        case .nemoCTCModel: \.model_config.nemo_ctc.model
        case .toneCTCModel: \.model_config.t_one_ctc.model
        default: nil
        }
    }
}

extension NumberField {
    var onlinePath: WritableKeyPath<SherpaOnnxOnlineRecognizerConfig, Int32>? {
        switch self {
        case .sampleRate: \.feat_config.sample_rate
        case .featureDimension: \.feat_config.feature_dim
        case .operatorThreads: \.model_config.num_threads
        case .maximumActivePaths: \.max_active_paths
        default: nil
        }
    }
}

extension DecimalField {
    var onlinePath: WritableKeyPath<SherpaOnnxOnlineRecognizerConfig, Float>? {
        switch self {
        case .hotwordsScore: \.hotwords_score
        case .blankPenalty: \.blank_penalty
        case .funASRNanoTemperature, .funASRNanoTopP, .qwen3ASRTemperature, .qwen3ASRTopP: nil
        }
    }
}
