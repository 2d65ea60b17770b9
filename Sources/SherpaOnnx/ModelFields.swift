import CSherpaOnnx

/// The fields that belong to one model family.
extension TextField {
    /// `model_config.sense_voice.model`.
    public static let senseVoiceModel = Self(path: \.model_config.sense_voice.model)
    /// `model_config.sense_voice.language`.
    public static let senseVoiceLanguage = Self(path: \.model_config.sense_voice.language)

    /// `model_config.whisper.encoder`.
    public static let whisperEncoder = Self(path: \.model_config.whisper.encoder)
    /// `model_config.whisper.decoder`.
    public static let whisperDecoder = Self(path: \.model_config.whisper.decoder)
    /// `model_config.whisper.language`.
    public static let whisperLanguage = Self(path: \.model_config.whisper.language)
    /// `model_config.whisper.task`.
    public static let whisperTask = Self(path: \.model_config.whisper.task)

    /// `model_config.paraformer.model`.
    public static let paraformerModel = Self(path: \.model_config.paraformer.model)

    /// `model_config.transducer.encoder`.
    public static let transducerEncoder = Self(path: \.model_config.transducer.encoder)
    /// `model_config.transducer.decoder`.
    public static let transducerDecoder = Self(path: \.model_config.transducer.decoder)
    /// `model_config.transducer.joiner`.
    public static let transducerJoiner = Self(path: \.model_config.transducer.joiner)

    /// `model_config.moonshine.preprocessor`.
    public static let moonshinePreprocessor = Self(path: \.model_config.moonshine.preprocessor)
    /// `model_config.moonshine.encoder`.
    public static let moonshineEncoder = Self(path: \.model_config.moonshine.encoder)
    /// `model_config.moonshine.uncached_decoder`.
    public static let moonshineUncachedDecoder = Self(path: \.model_config.moonshine.uncached_decoder)
    /// `model_config.moonshine.cached_decoder`.
    public static let moonshineCachedDecoder = Self(path: \.model_config.moonshine.cached_decoder)
    /// `model_config.moonshine.merged_decoder`.
    public static let moonshineMergedDecoder = Self(path: \.model_config.moonshine.merged_decoder)

    /// `model_config.nemo_ctc.model`.
    public static let nemoCTCModel = Self(path: \.model_config.nemo_ctc.model)

    /// `model_config.zipformer_ctc.model`.
    public static let zipformerCTCModel = Self(path: \.model_config.zipformer_ctc.model)

    /// `model_config.wenet_ctc.model`.
    public static let wenetCTCModel = Self(path: \.model_config.wenet_ctc.model)

    /// `model_config.telespeech_ctc`.
    public static let telespeechCTC = Self(path: \.model_config.telespeech_ctc)

    /// `model_config.tdnn.model`.
    public static let tdnnModel = Self(path: \.model_config.tdnn.model)

    /// `model_config.dolphin.model`.
    public static let dolphinModel = Self(path: \.model_config.dolphin.model)

    /// `model_config.omnilingual.model`.
    public static let omnilingualModel = Self(path: \.model_config.omnilingual.model)

    /// `model_config.medasr.model`.
    public static let medASRModel = Self(path: \.model_config.medasr.model)

    /// `model_config.fire_red_asr.encoder`.
    public static let fireRedASREncoder = Self(path: \.model_config.fire_red_asr.encoder)
    /// `model_config.fire_red_asr.decoder`.
    public static let fireRedASRDecoder = Self(path: \.model_config.fire_red_asr.decoder)

    /// `model_config.fire_red_asr_ctc.model`.
    public static let fireRedASRCTCModel = Self(path: \.model_config.fire_red_asr_ctc.model)

    /// `model_config.canary.encoder`.
    public static let canaryEncoder = Self(path: \.model_config.canary.encoder)
    /// `model_config.canary.decoder`.
    public static let canaryDecoder = Self(path: \.model_config.canary.decoder)
    /// `model_config.canary.src_lang`.
    public static let canarySourceLanguage = Self(path: \.model_config.canary.src_lang)
    /// `model_config.canary.tgt_lang`.
    public static let canaryTargetLanguage = Self(path: \.model_config.canary.tgt_lang)

    /// `model_config.cohere_transcribe.encoder`.
    public static let cohereTranscribeEncoder = Self(path: \.model_config.cohere_transcribe.encoder)
    /// `model_config.cohere_transcribe.decoder`.
    public static let cohereTranscribeDecoder = Self(path: \.model_config.cohere_transcribe.decoder)
    /// `model_config.cohere_transcribe.language`.
    public static let cohereTranscribeLanguage = Self(path: \.model_config.cohere_transcribe.language)

    /// `model_config.funasr_nano.encoder_adaptor`.
    public static let funASRNanoEncoderAdaptor = Self(path: \.model_config.funasr_nano.encoder_adaptor)
    /// `model_config.funasr_nano.llm`.
    public static let funASRNanoLLM = Self(path: \.model_config.funasr_nano.llm)
    /// `model_config.funasr_nano.embedding`.
    public static let funASRNanoEmbedding = Self(path: \.model_config.funasr_nano.embedding)
    /// `model_config.funasr_nano.tokenizer`.
    public static let funASRNanoTokenizer = Self(path: \.model_config.funasr_nano.tokenizer)
    /// `model_config.funasr_nano.system_prompt`.
    public static let funASRNanoSystemPrompt = Self(path: \.model_config.funasr_nano.system_prompt)
    /// `model_config.funasr_nano.user_prompt`.
    public static let funASRNanoUserPrompt = Self(path: \.model_config.funasr_nano.user_prompt)
    /// `model_config.funasr_nano.language`.
    public static let funASRNanoLanguage = Self(path: \.model_config.funasr_nano.language)
    /// `model_config.funasr_nano.hotwords`.
    public static let funASRNanoHotwords = Self(path: \.model_config.funasr_nano.hotwords)

    /// `model_config.qwen3_asr.conv_frontend`.
    public static let qwen3ASRConvFrontend = Self(path: \.model_config.qwen3_asr.conv_frontend)
    /// `model_config.qwen3_asr.encoder`.
    public static let qwen3ASREncoder = Self(path: \.model_config.qwen3_asr.encoder)
    /// `model_config.qwen3_asr.decoder`.
    public static let qwen3ASRDecoder = Self(path: \.model_config.qwen3_asr.decoder)
    /// `model_config.qwen3_asr.tokenizer`.
    public static let qwen3ASRTokenizer = Self(path: \.model_config.qwen3_asr.tokenizer)
    /// `model_config.qwen3_asr.hotwords`.
    public static let qwen3ASRHotwords = Self(path: \.model_config.qwen3_asr.hotwords)
}

extension NumberField {
    /// `model_config.sense_voice.use_itn`.
    public static let senseVoiceUseITN = Self(path: \.model_config.sense_voice.use_itn)

    /// `model_config.whisper.tail_paddings`.
    public static let whisperTailPaddings = Self(path: \.model_config.whisper.tail_paddings)
    /// `model_config.whisper.enable_token_timestamps`.
    public static let whisperEnableTokenTimestamps = Self(path: \.model_config.whisper.enable_token_timestamps)
    /// `model_config.whisper.enable_segment_timestamps`.
    public static let whisperEnableSegmentTimestamps = Self(path: \.model_config.whisper.enable_segment_timestamps)

    /// `model_config.canary.use_pnc`.
    public static let canaryUsePunctuation = Self(path: \.model_config.canary.use_pnc)

    /// `model_config.cohere_transcribe.use_punct`.
    public static let cohereTranscribeUsePunctuation = Self(path: \.model_config.cohere_transcribe.use_punct)
    /// `model_config.cohere_transcribe.use_itn`.
    public static let cohereTranscribeUseITN = Self(path: \.model_config.cohere_transcribe.use_itn)

    /// `model_config.funasr_nano.max_new_tokens`.
    public static let funASRNanoMaximumNewTokens = Self(path: \.model_config.funasr_nano.max_new_tokens)
    /// `model_config.funasr_nano.seed`.
    public static let funASRNanoSeed = Self(path: \.model_config.funasr_nano.seed)
    /// `model_config.funasr_nano.itn`.
    public static let funASRNanoITN = Self(path: \.model_config.funasr_nano.itn)

    /// `model_config.qwen3_asr.max_total_len`.
    public static let qwen3ASRMaximumTotalLength = Self(path: \.model_config.qwen3_asr.max_total_len)
    /// `model_config.qwen3_asr.max_new_tokens`.
    public static let qwen3ASRMaximumNewTokens = Self(path: \.model_config.qwen3_asr.max_new_tokens)
    /// `model_config.qwen3_asr.seed`.
    public static let qwen3ASRSeed = Self(path: \.model_config.qwen3_asr.seed)
}

extension DecimalField {
    /// `model_config.funasr_nano.temperature`.
    public static let funASRNanoTemperature = Self(path: \.model_config.funasr_nano.temperature)
    /// `model_config.funasr_nano.top_p`.
    public static let funASRNanoTopP = Self(path: \.model_config.funasr_nano.top_p)

    /// `model_config.qwen3_asr.temperature`.
    public static let qwen3ASRTemperature = Self(path: \.model_config.qwen3_asr.temperature)
    /// `model_config.qwen3_asr.top_p`.
    public static let qwen3ASRTopP = Self(path: \.model_config.qwen3_asr.top_p)
}
