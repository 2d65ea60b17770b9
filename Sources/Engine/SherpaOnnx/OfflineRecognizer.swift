import CSherpaOnnx
package import ModelFamilies

/// A loaded model that turns complete waveforms into text.
///
/// Several threads may decode with one recognizer at the same time, each with its own stream; but not with FunASR-Nano
/// and Qwen3-ASR, whose decodes share a random number generator.
package final class OfflineRecognizer: WaveformRecognizer {
    // Safe: sherpa-onnx's recognizer is read-only after creation (SetConfig is never called), and decoding on several
    // threads was measured to give the same texts as on one (Tests/Fixtures/VERIFY.md, "8 threads"). The two families
    // that do change state are decoded one at a time (`DecodeTurns`).
    private nonisolated(unsafe) let pointer: OpaquePointer
    private let takesHotwords: Bool

    /// Loads the model. Blocks meanwhile.
    ///
    /// Some faults end the process instead of throwing (a model of another family, a malformed tokens.txt): check the
    /// files first, and load in a process that may crash.
    /// - Throws: `SherpaOnnxError` with the library's output.
    package init(_ configuration: RecognizerConfiguration) throws(SherpaOnnxError) {
        let (created, printed) = LibraryMessages.during {
            configuration.withOfflineConfiguration { SherpaOnnxCreateOfflineRecognizer($0) }
        }
        guard let created else { throw SherpaOnnxError(.notCreated, printed: printed) }
        pointer = created
        takesHotwords = configuration.takesHotwords
    }

    deinit { SherpaOnnxDestroyOfflineRecognizer(pointer) }

    /// Recognises waveforms in one call, which takes about as long as that many of the longest. If one fails, the
    /// library returns an empty text for all.
    ///
    /// Each waveform needs at least `minimumSamples`.
    package func decode(
        _ waveforms: [[Float]], options: [String: String], hotwords: [String]
    ) throws(SherpaOnnxError) -> [RecognitionResult] {
        guard waveforms.allSatisfy({ $0.count >= Self.minimumSamples }) else {
            throw SherpaOnnxError(.tooFewSamples, printed: "")
        }
        try Hotwords.check(hotwords, taken: takesHotwords)
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

    /// 25 ms, one feature frame: fewer samples crash Whisper, transducers and CTC models (Tests/Fixtures/VERIFY.md).
    package static let minimumSamples = 400
}

/// One waveform to decode. A stream accepts one waveform only (c-api.h).
private final class OfflineStream {
    let pointer: OpaquePointer

    /// `nil` if the library makes no stream.
    init?(of samples: [Float], for recognizer: OpaquePointer, options: [String: String], hotwords: [String]) {
        let created =
            hotwords.isEmpty
            ? SherpaOnnxCreateOfflineStream(recognizer)
            : SherpaOnnxCreateOfflineStreamWithHotwords(recognizer, hotwords.joined(separator: "/"))
        guard let created else { return nil }
        pointer = created
        for (key, value) in options { SherpaOnnxOfflineStreamSetOption(created, key, value) }
        SherpaOnnxAcceptWaveformOffline(pointer, 16_000, samples, Int32(samples.count))
    }

    deinit { SherpaOnnxDestroyOfflineStream(pointer) }

    /// The result, after the stream has been decoded.
    var result: RecognitionResult? {
        guard let result = SherpaOnnxGetOfflineStreamResult(pointer) else { return nil }
        defer { SherpaOnnxDestroyOfflineRecognizerResult(result) }
        return RecognitionResult(result.pointee)
    }
}
