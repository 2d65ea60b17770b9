/// The configuration of a sherpa-onnx recognizer: values of C fields; all others keep the library's defaults.
package struct OfflineRecognizerConfiguration: Sendable, Hashable {
    /// Text settings, mostly paths.
    package var texts: [TextField: String]
    /// Whole-number settings.
    package var numbers: [NumberField: Int32]
    /// Settings with decimals.
    package var decimals: [DecimalField: Float] = [:]

    /// A configuration for 16 kHz audio on the CPU, with greedy search and one thread per operator.
    package init() {
        texts = [.provider: "cpu", .decodingMethod: "greedy_search"]
        numbers = [.sampleRate: 16_000, .featureDimension: 80, .operatorThreads: 1]
    }

    /// Whether streams may have hotwords: the library ends the process on hotwords of any family but transducers, and
    /// crashes without the BPE vocabulary, which it loads for beam search only (Tests/Fixtures/VERIFY.md).
    package var takesHotwords: Bool {
        let units = texts[.bpeVocabulary] == nil ? ["cjkchar"] : ["cjkchar", "bpe", "bbpe", "cjkchar+bpe"]
        return texts[.transducerEncoder] != nil && texts[.decodingMethod] == "modified_beam_search"
            && units.contains(texts[.modelingUnit] ?? "cjkchar")
    }
}
