import CSherpaOnnx

/// A text setting of the C API's `SherpaOnnxOfflineRecognizerConfig`, named as in c-api.h.
///
/// A family is data: which of these fields its files and options go to. A field of the header that is not here yet is
/// one line.
public struct TextField: Sendable, Hashable {
    let path: any (WritableKeyPath<SherpaOnnxOfflineRecognizerConfig, UnsafePointer<CChar>?> & Sendable)

    /// `model_config.tokens`.
    public static let tokens = Self(path: \.model_config.tokens)
    /// `model_config.provider`.
    public static let provider = Self(path: \.model_config.provider)
    /// `decoding_method`.
    public static let decodingMethod = Self(path: \.decoding_method)

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
}

/// A whole-number setting of the C API's `SherpaOnnxOfflineRecognizerConfig`; zero means the library's default.
public struct NumberField: Sendable, Hashable {
    let path: any (WritableKeyPath<SherpaOnnxOfflineRecognizerConfig, Int32> & Sendable)

    /// `feat_config.sample_rate`.
    public static let sampleRate = Self(path: \.feat_config.sample_rate)
    /// `feat_config.feature_dim`.
    public static let featureDimension = Self(path: \.feat_config.feature_dim)
    /// `model_config.num_threads`.
    public static let operatorThreads = Self(path: \.model_config.num_threads)
    /// `model_config.sense_voice.use_itn`.
    public static let senseVoiceUseITN = Self(path: \.model_config.sense_voice.use_itn)
}
