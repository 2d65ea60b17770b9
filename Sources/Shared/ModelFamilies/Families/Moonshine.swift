extension FamilySetup {
    /// Moonshine, in both exports: one merged decoder, or a preprocessor with separate decoders.
    ///
    /// The merged decoder writes at most 15 tokens for each second of audio, the separate ones 6 (sherpa-onnx,
    /// offline-moonshine-v2-greedy-search-decoder.cc and offline-moonshine-greedy-search-decoder.cc). Time and memory
    /// grow with the square of the length, so the window is shorter than the model allows. Longer segments have fewer
    /// errors (5.7 % of words in the detector's own segments, 3.5 % joined to 10–20 s).
    static let moonshine = FamilySetup(
        layouts: [
            Layout(
                fields: ["encoder": .moonshineEncoder, "merged_decoder": .moonshineMergedDecoder, "tokens": .tokens],
                tokenLimit: TokenLimit(perSecond: 15)),
            Layout(
                fields: [
                    "preprocessor": .moonshinePreprocessor, "encoder": .moonshineEncoder,
                    "uncached_decoder": .moonshineUncachedDecoder, "cached_decoder": .moonshineCachedDecoder,
                    "tokens": .tokens,
                ],
                tokenLimit: TokenLimit(perSecond: 6)),
        ],
        window: .seconds(20),
        preferredSegment: .seconds(15),
        checks: FileChecks(modelTypes: ["encoder": []]))
}
