import SherpaOnnx

extension FamilySetup {
    /// Moonshine, in both exports: one merged decoder, or a preprocessor with separate decoders.
    ///
    /// Its decoder writes at most 6 tokens for each second of sound
    /// (sherpa-onnx, offline-moonshine-greedy-search-decoder.cc), and its cost grows with length squared.
    static let moonshine = FamilySetup(
        layouts: [
            ["encoder": .moonshineEncoder, "merged_decoder": .moonshineMergedDecoder, "tokens": .tokens],
            [
                "preprocessor": .moonshinePreprocessor, "encoder": .moonshineEncoder,
                "uncached_decoder": .moonshineUncachedDecoder, "cached_decoder": .moonshineCachedDecoder,
                "tokens": .tokens,
            ],
        ],
        tokenLimit: TokenLimit(perSecond: 6))
}
