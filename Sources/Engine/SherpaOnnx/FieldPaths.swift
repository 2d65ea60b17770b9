import CSherpaOnnx
import Essentials
import ModelFamilies

extension RecognizerConfiguration {
    /// Passes the C form of this configuration for an offline recognizer; its strings are valid during the call.
    func withOfflineConfiguration<R>(_ body: (UnsafePointer<SherpaOnnxOfflineRecognizerConfig>) -> R) -> R {
        var config = SherpaOnnxOfflineRecognizerConfig()
        for (field, number) in numbers { config[keyPath: field.path] = number }
        for (field, number) in decimals { config[keyPath: field.path] = number }
        return withStrings { strings in
            for (field, string) in strings {
                if let path = field.path { config[keyPath: path] = string }
            }
            return body(&config)
        }
    }

    /// Passes the C form of this configuration for an online recognizer; its strings are valid during the call.
    ///
    /// The recognizer's own rules for the end of an utterance are off: the voice activity model decides that.
    func withOnlineConfiguration<R>(_ body: (UnsafePointer<SherpaOnnxOnlineRecognizerConfig>) -> R) -> R {
        var config = SherpaOnnxOnlineRecognizerConfig()
        // Zero would be the library's defaults of some seconds.
        config.rule1_min_trailing_silence = .greatestFiniteMagnitude
        config.rule2_min_trailing_silence = .greatestFiniteMagnitude
        config.rule3_min_utterance_length = .greatestFiniteMagnitude
        for (field, number) in numbers {
            if let path = field.onlinePath { config[keyPath: path] = number }
        }
        for (field, number) in decimals {
            if let path = field.onlinePath { config[keyPath: path] = number }
        }
        return withStrings { strings in
            for (field, string) in strings {
                if let path = field.onlinePath { config[keyPath: path] = string }
            }
            return body(&config)
        }
    }

    private func withStrings<R>(_ body: ([(TextField, UnsafePointer<CChar>?)]) -> R) -> R {
        let copies = texts.map { (field: $0.key, copy: strdup($0.value)) }
        defer { copies.forEach { free($0.copy) } }
        return body(copies.map { ($0.field, UnsafePointer($0.copy)) })
    }
}

/// The key path of each setting in the C structure of offline recognizers.
extension TextField {
    /// `nil` for a setting of online recognizers only.
    var path: WritableKeyPath<SherpaOnnxOfflineRecognizerConfig, UnsafePointer<CChar>?>? {
        switch self {
        case .tokens: \.model_config.tokens
        case .provider: \.model_config.provider
        case .modelingUnit: \.model_config.modeling_unit
        case .bpeVocabulary: \.model_config.bpe_vocab
        case .decodingMethod: \.decoding_method
        case .hotwordsFile: \.hotwords_file
        case .ruleFSTs: \.rule_fsts
        case .ruleFARs: \.rule_fars
        case .senseVoiceModel: \.model_config.sense_voice.model
        case .senseVoiceLanguage: \.model_config.sense_voice.language
        case .whisperEncoder: \.model_config.whisper.encoder
        case .whisperDecoder: \.model_config.whisper.decoder
        case .whisperLanguage: \.model_config.whisper.language
        case .whisperTask: \.model_config.whisper.task
        case .paraformerModel: \.model_config.paraformer.model
        case .transducerEncoder: \.model_config.transducer.encoder
        case .transducerDecoder: \.model_config.transducer.decoder
        case .transducerJoiner: \.model_config.transducer.joiner
        case .moonshinePreprocessor: \.model_config.moonshine.preprocessor
        case .moonshineEncoder: \.model_config.moonshine.encoder
        case .moonshineUncachedDecoder: \.model_config.moonshine.uncached_decoder
        case .moonshineCachedDecoder: \.model_config.moonshine.cached_decoder
        case .moonshineMergedDecoder: \.model_config.moonshine.merged_decoder
        case .nemoCTCModel: \.model_config.nemo_ctc.model
        case .zipformerCTCModel: \.model_config.zipformer_ctc.model
        case .wenetCTCModel: \.model_config.wenet_ctc.model
        case .telespeechCTC: \.model_config.telespeech_ctc
        case .tdnnModel: \.model_config.tdnn.model
        case .dolphinModel: \.model_config.dolphin.model
        case .omnilingualModel: \.model_config.omnilingual.model
        case .medASRModel: \.model_config.medasr.model
        case .fireRedASREncoder: \.model_config.fire_red_asr.encoder
        case .fireRedASRDecoder: \.model_config.fire_red_asr.decoder
        case .fireRedASRCTCModel: \.model_config.fire_red_asr_ctc.model
        case .canaryEncoder: \.model_config.canary.encoder
        case .canaryDecoder: \.model_config.canary.decoder
        case .canarySourceLanguage: \.model_config.canary.src_lang
        case .canaryTargetLanguage: \.model_config.canary.tgt_lang
        case .cohereTranscribeEncoder: \.model_config.cohere_transcribe.encoder
        case .cohereTranscribeDecoder: \.model_config.cohere_transcribe.decoder
        case .cohereTranscribeLanguage: \.model_config.cohere_transcribe.language
        case .funASRNanoEncoderAdaptor: \.model_config.funasr_nano.encoder_adaptor
        case .funASRNanoLLM: \.model_config.funasr_nano.llm
        case .funASRNanoEmbedding: \.model_config.funasr_nano.embedding
        case .funASRNanoTokenizer: \.model_config.funasr_nano.tokenizer
        case .funASRNanoSystemPrompt: \.model_config.funasr_nano.system_prompt
        case .funASRNanoUserPrompt: \.model_config.funasr_nano.user_prompt
        case .funASRNanoLanguage: \.model_config.funasr_nano.language
        case .funASRNanoHotwords: \.model_config.funasr_nano.hotwords
        case .qwen3ASRConvFrontend: \.model_config.qwen3_asr.conv_frontend
        case .qwen3ASREncoder: \.model_config.qwen3_asr.encoder
        case .qwen3ASRDecoder: \.model_config.qwen3_asr.decoder
        case .qwen3ASRTokenizer: \.model_config.qwen3_asr.tokenizer
        case .qwen3ASRHotwords: \.model_config.qwen3_asr.hotwords
        case .paraformerEncoder, .paraformerDecoder, .zipformer2CTCModel, .toneCTCModel: nil
        }
    }
}

extension NumberField {
    var path: WritableKeyPath<SherpaOnnxOfflineRecognizerConfig, Int32> {
        switch self {
        case .sampleRate: \.feat_config.sample_rate
        case .featureDimension: \.feat_config.feature_dim
        case .operatorThreads: \.model_config.num_threads
        case .maximumActivePaths: \.max_active_paths
        case .senseVoiceUseITN: \.model_config.sense_voice.use_itn
        case .whisperTailPaddings: \.model_config.whisper.tail_paddings
        case .whisperEnableTokenTimestamps: \.model_config.whisper.enable_token_timestamps
        case .whisperEnableSegmentTimestamps: \.model_config.whisper.enable_segment_timestamps
        case .canaryUsePunctuation: \.model_config.canary.use_pnc
        case .cohereTranscribeUsePunctuation: \.model_config.cohere_transcribe.use_punct
        case .cohereTranscribeUseITN: \.model_config.cohere_transcribe.use_itn
        case .funASRNanoMaximumNewTokens: \.model_config.funasr_nano.max_new_tokens
        case .funASRNanoSeed: \.model_config.funasr_nano.seed
        case .funASRNanoITN: \.model_config.funasr_nano.itn
        case .qwen3ASRMaximumTotalLength: \.model_config.qwen3_asr.max_total_len
        case .qwen3ASRMaximumNewTokens: \.model_config.qwen3_asr.max_new_tokens
        case .qwen3ASRSeed: \.model_config.qwen3_asr.seed
        }
    }
}

extension DecimalField {
    var path: WritableKeyPath<SherpaOnnxOfflineRecognizerConfig, Float> {
        switch self {
        case .hotwordsScore: \.hotwords_score
        case .blankPenalty: \.blank_penalty
        case .funASRNanoTemperature: \.model_config.funasr_nano.temperature
        case .funASRNanoTopP: \.model_config.funasr_nano.top_p
        case .qwen3ASRTemperature: \.model_config.qwen3_asr.temperature
        case .qwen3ASRTopP: \.model_config.qwen3_asr.top_p
        }
    }
}
