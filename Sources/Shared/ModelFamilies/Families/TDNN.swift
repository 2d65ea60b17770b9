extension FamilySetup {
    /// The TDNN of icefall's yesno recipe: two words of Hebrew, and telephone audio with 8 kHz and 23 features.
    static let tdnn = FamilySetup(
        layouts: [Layout(fields: ["model": .tdnnModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["model": ["vocab_size"]], vocabulary: .init(file: "model", key: "vocab_size"),
            oneTokenOf: FileChecks.blanks)
    ) { config, _, _ in
        config.numbers[.sampleRate] = 8_000
        config.numbers[.featureDimension] = 23
    }
}
