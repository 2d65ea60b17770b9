/// A text setting of the C API's `SherpaOnnxOfflineRecognizerConfig` or `SherpaOnnxOnlineRecognizerConfig`; the raw value
/// is its name in c-api.h.
///
/// A family is data: it maps its files and options to these fields. To add a field of the header, add a case here and
/// its key path in `SherpaOnnx/FieldPaths.swift` or `SherpaOnnx/OnlineFieldPaths.swift`.
package enum TextField: String, Sendable, CaseIterable {
    case tokens = "model_config.tokens"
    case provider = "model_config.provider"
    case modelingUnit = "model_config.modeling_unit"
    case bpeVocabulary = "model_config.bpe_vocab"
    case decodingMethod = "decoding_method"
    case hotwordsFile = "hotwords_file"
    case ruleFSTs = "rule_fsts"
    case ruleFARs = "rule_fars"

    case senseVoiceModel = "model_config.sense_voice.model"
    case senseVoiceLanguage = "model_config.sense_voice.language"

    case whisperEncoder = "model_config.whisper.encoder"
    case whisperDecoder = "model_config.whisper.decoder"
    case whisperLanguage = "model_config.whisper.language"
    case whisperTask = "model_config.whisper.task"

    case paraformerModel = "model_config.paraformer.model"
    case paraformerEncoder = "model_config.paraformer.encoder"
    case paraformerDecoder = "model_config.paraformer.decoder"
    case transducerEncoder = "model_config.transducer.encoder"
    case transducerDecoder = "model_config.transducer.decoder"
    case transducerJoiner = "model_config.transducer.joiner"

    case moonshinePreprocessor = "model_config.moonshine.preprocessor"
    case moonshineEncoder = "model_config.moonshine.encoder"
    case moonshineUncachedDecoder = "model_config.moonshine.uncached_decoder"
    case moonshineCachedDecoder = "model_config.moonshine.cached_decoder"
    case moonshineMergedDecoder = "model_config.moonshine.merged_decoder"

    case nemoCTCModel = "model_config.nemo_ctc.model"
    case zipformerCTCModel = "model_config.zipformer_ctc.model"
    case zipformer2CTCModel = "model_config.zipformer2_ctc.model"
    case toneCTCModel = "model_config.t_one_ctc.model"
    case wenetCTCModel = "model_config.wenet_ctc.model"
    case telespeechCTC = "model_config.telespeech_ctc"
    case tdnnModel = "model_config.tdnn.model"
    case dolphinModel = "model_config.dolphin.model"
    case omnilingualModel = "model_config.omnilingual.model"
    case medASRModel = "model_config.medasr.model"
    case fireRedASREncoder = "model_config.fire_red_asr.encoder"
    case fireRedASRDecoder = "model_config.fire_red_asr.decoder"
    case fireRedASRCTCModel = "model_config.fire_red_asr_ctc.model"
    case canaryEncoder = "model_config.canary.encoder"
    case canaryDecoder = "model_config.canary.decoder"
    case canarySourceLanguage = "model_config.canary.src_lang"
    case canaryTargetLanguage = "model_config.canary.tgt_lang"

    case cohereTranscribeEncoder = "model_config.cohere_transcribe.encoder"
    case cohereTranscribeDecoder = "model_config.cohere_transcribe.decoder"
    case cohereTranscribeLanguage = "model_config.cohere_transcribe.language"

    case funASRNanoEncoderAdaptor = "model_config.funasr_nano.encoder_adaptor"
    case funASRNanoLLM = "model_config.funasr_nano.llm"
    case funASRNanoEmbedding = "model_config.funasr_nano.embedding"
    case funASRNanoTokenizer = "model_config.funasr_nano.tokenizer"
    case funASRNanoSystemPrompt = "model_config.funasr_nano.system_prompt"
    case funASRNanoUserPrompt = "model_config.funasr_nano.user_prompt"
    case funASRNanoLanguage = "model_config.funasr_nano.language"
    case funASRNanoHotwords = "model_config.funasr_nano.hotwords"

    case qwen3ASRConvFrontend = "model_config.qwen3_asr.conv_frontend"
    case qwen3ASREncoder = "model_config.qwen3_asr.encoder"
    case qwen3ASRDecoder = "model_config.qwen3_asr.decoder"
    case qwen3ASRTokenizer = "model_config.qwen3_asr.tokenizer"
    case qwen3ASRHotwords = "model_config.qwen3_asr.hotwords"
}

/// A whole-number setting of the C API's recognizer configurations; zero means the library's default.
package enum NumberField: String, Sendable, CaseIterable {
    case sampleRate = "feat_config.sample_rate"
    case featureDimension = "feat_config.feature_dim"
    case operatorThreads = "model_config.num_threads"
    case maximumActivePaths = "max_active_paths"

    case senseVoiceUseITN = "model_config.sense_voice.use_itn"

    case whisperTailPaddings = "model_config.whisper.tail_paddings"
    case whisperEnableTokenTimestamps = "model_config.whisper.enable_token_timestamps"
    case whisperEnableSegmentTimestamps = "model_config.whisper.enable_segment_timestamps"

    case canaryUsePunctuation = "model_config.canary.use_pnc"

    case cohereTranscribeUsePunctuation = "model_config.cohere_transcribe.use_punct"
    case cohereTranscribeUseITN = "model_config.cohere_transcribe.use_itn"

    case funASRNanoMaximumNewTokens = "model_config.funasr_nano.max_new_tokens"
    case funASRNanoSeed = "model_config.funasr_nano.seed"
    case funASRNanoITN = "model_config.funasr_nano.itn"

    case qwen3ASRMaximumTotalLength = "model_config.qwen3_asr.max_total_len"
    case qwen3ASRMaximumNewTokens = "model_config.qwen3_asr.max_new_tokens"
    case qwen3ASRSeed = "model_config.qwen3_asr.seed"
}

/// A setting of the C API's recognizer configurations with decimals; zero means the library's default.
package enum DecimalField: String, Sendable, CaseIterable {
    case hotwordsScore = "hotwords_score"
    case blankPenalty = "blank_penalty"

    case funASRNanoTemperature = "model_config.funasr_nano.temperature"
    case funASRNanoTopP = "model_config.funasr_nano.top_p"

    case qwen3ASRTemperature = "model_config.qwen3_asr.temperature"
    case qwen3ASRTopP = "model_config.qwen3_asr.top_p"
}
