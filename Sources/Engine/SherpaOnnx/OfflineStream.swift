import CSherpaOnnx

/// One waveform on its way through a recognizer. c-api.h: a stream takes its waveform once.
final class OfflineStream {
    let pointer: OpaquePointer

    /// Makes a stream that has its waveform.
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

    /// What was recognised, once the stream has been decoded.
    var result: OfflineResult? {
        guard let result = SherpaOnnxGetOfflineStreamResult(pointer) else { return nil }
        defer { SherpaOnnxDestroyOfflineRecognizerResult(result) }
        return OfflineResult(result.pointee)
    }
}
