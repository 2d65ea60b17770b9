import CSherpaOnnx

/// One waveform to decode. A stream accepts one waveform only (c-api.h).
final class OfflineStream {
    let pointer: OpaquePointer

    /// Makes a stream with its waveform.
    ///
    /// - Returns: `nil` if the library makes none.
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

    deinit {
        SherpaOnnxDestroyOfflineStream(pointer)
    }

    /// The result, after the stream has been decoded.
    var result: OfflineResult? {
        guard let result = SherpaOnnxGetOfflineStreamResult(pointer) else { return nil }
        defer { SherpaOnnxDestroyOfflineRecognizerResult(result) }
        return OfflineResult(result.pointee)
    }
}
