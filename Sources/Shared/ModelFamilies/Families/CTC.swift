/// Families with a CTC head in a single file, and with token times.
extension FamilySetup {
    private static func ctc(
        _ field: TextField, named file: String = "model", batching: Batching = .together, checks: FileChecks
    ) -> FamilySetup {
        FamilySetup(
            layouts: [Layout(fields: [file: field, "tokens": .tokens])], batching: batching, times: .tokens,
            checks: checks)
    }

    /// NVIDIA NeMo's CTC models (Citrinet, Conformer, FastConformer, Parakeet CTC) and GigaAM.
    ///
    /// The model types are those in sherpa-onnx's offline-ctc-model.cc; a model with `chunk_shift` is for streaming.
    static let nemoCTC = ctc(
        .nemoCTCModel,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "subsampling_factor"]],
            modelTypes: ["model": ["EncDecCTCModel", "EncDecCTCModelBPE", "EncDecHybridRNNTCTCBPEModel"]],
            foreignKeys: ["model": ["chunk_shift"]], vocabulary: "model", oneTokenOf: FileChecks.blanks))

    /// Zipformer models of icefall.
    static let zipformerCTC = ctc(
        .zipformerCTCModel,
        checks: FileChecks(modelTypes: ["model": ["zipformer2_ctc"]], oneTokenOf: FileChecks.blanks))

    /// WeNet's CTC models.
    static let wenetCTC = ctc(
        .wenetCTCModel, batching: .oneByOne,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "subsampling_factor"]], vocabulary: "model",
            oneTokenOf: FileChecks.blanks))

    /// TeleSpeech's CTC models: Mandarin and its dialects.
    static let telespeechCTC = ctc(
        .telespeechCTC, named: "telespeech_ctc", batching: .oneByOne,
        checks: FileChecks(
            requiredKeys: ["telespeech_ctc": ["model_type"]], modelTypes: ["telespeech_ctc": ["telespeech_ctc"]],
            oneTokenOf: FileChecks.blanks))

    /// FireRedASR 2 with its CTC head: Mandarin, its dialects and English.
    static let fireRedASRCTC = ctc(
        .fireRedASRCTCModel,
        checks: FileChecks(
            requiredKeys: ["model": ["model_type", "cmvn_mean", "cmvn_inv_stddev"]],
            modelTypes: ["model": ["fire-red-asr-2-ctc"]], oneTokenOf: FileChecks.blanks))

    /// Google's MedASR: dictation of English medical reports.
    static let medASR = ctc(
        .medASRModel,
        checks: FileChecks(
            requiredKeys: ["model": ["model_type", "vocab_size"]], modelTypes: ["model": ["medasr_ctc"]],
            vocabulary: "model", oneTokenOf: FileChecks.blanks))

    /// Dolphin: languages and dialects of Asia.
    static let dolphin = ctc(
        .dolphinModel,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size", "mean", "invstd"]], vocabulary: "model",
            oneTokenOf: FileChecks.blanks))

    /// Meta's Omnilingual ASR: 1600 languages. Its input is samples, not features.
    static let omnilingual = ctc(.omnilingualModel, batching: .oneByOne, checks: FileChecks(vocabulary: "model"))

    /// The TDNN of icefall's yesno recipe: two words of Hebrew, and telephone audio with 8 kHz and 23 features.
    static let tdnn = {
        var setup = ctc(
            .tdnnModel,
            checks: FileChecks(
                requiredKeys: ["model": ["vocab_size"]], vocabulary: "model", oneTokenOf: FileChecks.blanks))
        setup.configure = { config, _, _ in
            config.numbers[.sampleRate] = 8_000
            config.numbers[.featureDimension] = 23
        }
        return setup
    }()
}
