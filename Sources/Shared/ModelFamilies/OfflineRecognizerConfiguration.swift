/// How to make a recognizer of sherpa-onnx: values for fields of the C configuration; all others keep the library's default.
package struct OfflineRecognizerConfiguration: Sendable, Hashable {
    /// Text settings, mostly paths.
    package var texts: [TextField: String]
    /// Whole-number settings.
    package var numbers: [NumberField: Int32]
    /// Settings with decimals.
    package var decimals: [DecimalField: Float] = [:]

    /// A configuration for 16 kHz sound on the CPU, decoded greedily with one thread per operator.
    package init() {
        texts = [.provider: "cpu", .decodingMethod: "greedy_search"]
        numbers = [.sampleRate: 16_000, .featureDimension: 80, .operatorThreads: 1]
    }

    /// Whether streams may be given hotwords: the library ends the process over those of any family but transducers, and
    /// crashes without the vocabulary of pieces, which only beam search loads (Tests/Fixtures/VERIFY.md).
    package var takesHotwords: Bool {
        let units = texts[.bpeVocabulary] == nil ? ["cjkchar"] : ["cjkchar", "bpe", "bbpe", "cjkchar+bpe"]
        return texts[.transducerEncoder] != nil && texts[.decodingMethod] == "modified_beam_search"
            && units.contains(texts[.modelingUnit] ?? "cjkchar")
    }
}
