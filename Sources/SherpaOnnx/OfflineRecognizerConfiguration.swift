import CSherpaOnnx
import Foundation

/// How to make an `OfflineRecognizer`: values for fields of the C configuration; all others keep the library's default.
public struct OfflineRecognizerConfiguration: Sendable, Hashable {
    /// Text settings, mostly paths.
    public var texts: [TextField: String]
    /// Whole-number settings.
    public var numbers: [NumberField: Int32]
    /// Settings with decimals.
    public var decimals: [DecimalField: Float] = [:]

    /// A configuration for 16 kHz sound on the CPU, decoded greedily with one thread per operator.
    public init() {
        texts = [.provider: "cpu", .decodingMethod: "greedy_search"]
        numbers = [.sampleRate: 16_000, .featureDimension: 80, .operatorThreads: 1]
    }

    /// Whether streams may be given hotwords: the library ends the process over those of any family but transducers, and
    /// crashes without the vocabulary of pieces, which only beam search loads (Tests/Fixtures/VERIFY.md).
    var takesHotwords: Bool {
        let units = texts[.bpeVocabulary] == nil ? ["cjkchar"] : ["cjkchar", "bpe", "bbpe", "cjkchar+bpe"]
        return texts[.transducerEncoder] != nil && texts[.decodingMethod] == "modified_beam_search"
            && units.contains(texts[.modelingUnit] ?? "cjkchar")
    }

    /// Lends the C form of this configuration; its texts live as long as the call.
    func withCConfiguration<R>(_ body: (UnsafePointer<SherpaOnnxOfflineRecognizerConfig>) -> R) -> R {
        var config = SherpaOnnxOfflineRecognizerConfig()
        let copies = texts.map { (field: $0.key, copy: strdup($0.value)) }
        defer { copies.forEach { free($0.copy) } }
        for (field, copy) in copies { config[keyPath: field.path] = UnsafePointer(copy) }
        for (field, number) in numbers { config[keyPath: field.path] = number }
        for (field, number) in decimals { config[keyPath: field.path] = number }
        return body(&config)
    }
}
