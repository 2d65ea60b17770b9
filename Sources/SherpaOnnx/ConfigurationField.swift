import CSherpaOnnx

/// A text setting of the C API's `SherpaOnnxOfflineRecognizerConfig`, named as in c-api.h.
///
/// A family is data: which of these fields its files and options go to. A field of the header that is not here yet is
/// one line; those of one family only are in ModelFields.swift.
public struct TextField: Sendable, Hashable {
    let path: any (WritableKeyPath<SherpaOnnxOfflineRecognizerConfig, UnsafePointer<CChar>?> & Sendable)

    /// `model_config.tokens`.
    public static let tokens = Self(path: \.model_config.tokens)
    /// `model_config.provider`.
    public static let provider = Self(path: \.model_config.provider)
    /// `model_config.modeling_unit`.
    public static let modelingUnit = Self(path: \.model_config.modeling_unit)
    /// `model_config.bpe_vocab`.
    public static let bpeVocabulary = Self(path: \.model_config.bpe_vocab)
    /// `decoding_method`.
    public static let decodingMethod = Self(path: \.decoding_method)
    /// `hotwords_file`.
    public static let hotwordsFile = Self(path: \.hotwords_file)
    /// `rule_fsts`.
    public static let ruleFSTs = Self(path: \.rule_fsts)
    /// `rule_fars`.
    public static let ruleFARs = Self(path: \.rule_fars)
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
    /// `max_active_paths`.
    public static let maximumActivePaths = Self(path: \.max_active_paths)
}

/// A setting of the C API's `SherpaOnnxOfflineRecognizerConfig` with decimals; zero means the library's default.
public struct DecimalField: Sendable, Hashable {
    let path: any (WritableKeyPath<SherpaOnnxOfflineRecognizerConfig, Float> & Sendable)

    /// `hotwords_score`.
    public static let hotwordsScore = Self(path: \.hotwords_score)
    /// `blank_penalty`.
    public static let blankPenalty = Self(path: \.blank_penalty)
}
