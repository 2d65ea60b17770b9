import CSherpaOnnx
package import ModelFamilies

/// A model in memory that turns whole waveforms into text.
///
/// Several threads may decode with one recognizer at once, each with a stream of its own; but not with FunASR-Nano and
/// Qwen3-ASR, whose decodes draw from one generator of random numbers.
public final class OfflineRecognizer: Sendable {
    // Sound: sherpa-onnx's recognizer is used read-only after creation (SetConfig is never called), and decoding from
    // several threads was measured to give the same texts as from one (Tests/Fixtures/VERIFY.md, "8 threads"). The two
    // models that do change a state are decoded with one at a time by whoever knows the family (`DecodeTurns`).
    private nonisolated(unsafe) let pointer: OpaquePointer
    private let takesHotwords: Bool

    /// Loads the model. Blocks for as long as that takes.
    ///
    /// Some mistakes end the whole process instead of throwing (a model of another family, a malformed tokens.txt):
    /// check the files first, and load in a process that may die.
    /// - Throws: `SherpaOnnxError` with the library's own words.
    package init(_ configuration: OfflineRecognizerConfiguration) throws(SherpaOnnxError) {
        let (created, printed) = LibraryMessages.during {
            configuration.withCConfiguration { SherpaOnnxCreateOfflineRecognizer($0) }
        }
        guard let created else { throw SherpaOnnxError(.notCreated, printed: printed) }
        pointer = created
        takesHotwords = configuration.takesHotwords
    }

    deinit {
        SherpaOnnxDestroyOfflineRecognizer(pointer)
    }

    /// Recognises one waveform. Blocks for as long as that takes.
    ///
    /// - Parameters:
    ///   - samples: Mono samples at 16 kHz, finite, at least `minimumSamples` of them.
    ///   - options: Settings of this waveform alone, by the library's keys, for models that have such.
    ///   - hotwords: Phrases to prefer, for transducers with beam search; those the model's tokens cannot spell are
    ///     silently without effect.
    /// - Returns: What the model made of them; an empty text for silence.
    /// - Throws: `SherpaOnnxError` if there are too few samples, if hotwords would end the process, or if the library
    ///   failed; it would answer an empty text.
    public func decode(
        _ samples: [Float], options: [String: String] = [:], hotwords: [String] = []
    ) throws(SherpaOnnxError) -> OfflineResult {
        try decode([samples], options: options, hotwords: hotwords)[0]
    }

    /// Recognises several waveforms in one call, which takes about as long as that many of the longest.
    ///
    /// - Parameters:
    ///   - waveforms: Each as for one.
    ///   - options: The same for all.
    ///   - hotwords: The same for all.
    /// - Returns: What the model made of each, in order.
    /// - Throws: `SherpaOnnxError` if any of them fails: the library then answers an empty text for all.
    public func decode(
        _ waveforms: [[Float]], options: [String: String] = [:], hotwords: [String] = []
    ) throws(SherpaOnnxError) -> [OfflineResult] {
        guard waveforms.allSatisfy({ $0.count >= Self.minimumSamples }) else {
            throw SherpaOnnxError(.tooFewSamples, printed: "")
        }
        guard hotwords.isEmpty || takesHotwords && hotwords.allSatisfy(Self.isHarmless) else {
            throw SherpaOnnxError(.hotwordsRefused, printed: "")
        }
        let (results, printed) = LibraryMessages.during {
            let streams = waveforms.compactMap { samples in
                OfflineStream(of: samples, for: pointer, options: options, hotwords: hotwords)
            }
            if let stream = streams.first, streams.count == 1 {
                SherpaOnnxDecodeOfflineStream(pointer, stream.pointer)
            } else {
                var pointers = streams.map { Optional($0.pointer) }
                SherpaOnnxDecodeMultipleOfflineStreams(pointer, &pointers, Int32(pointers.count))
            }
            return streams.compactMap(\.result)
        }
        guard results.count == waveforms.count, !printed.contains("Caught exception") else {
            throw SherpaOnnxError(.decodingFailed, printed: printed)
        }
        return results
    }

    /// The library splits hotwords at `/` and line ends, takes what begins with `:` or `#` for a number, and aborts if it
    /// is none (Tests/Fixtures/VERIFY.md; utils.cc, `EncodeBase`).
    private static func isHarmless(_ phrase: String) -> Bool {
        !phrase.contains { "/:#@\0".contains($0) || $0.isNewline } && phrase.contains { !$0.isWhitespace }
    }

    /// 25 ms, one feature frame: fewer samples crash Whisper, transducers and CTC models (Tests/Fixtures/VERIFY.md).
    public static let minimumSamples = 400
}
