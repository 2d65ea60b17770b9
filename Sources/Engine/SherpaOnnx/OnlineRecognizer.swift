import CSherpaOnnx
package import ModelFamilies

/// A loaded model that turns audio into text while it arrives.
///
/// Several threads may use one recognizer at the same time, each with its own streams.
package final class OnlineRecognizer: WaveformRecognizer {
    // Safe: sherpa-onnx's recognizer is read-only after creation; what changes is in the streams. Decoding on several
    // threads gives the same texts as on one (OnlineRecognizerTests).
    nonisolated(unsafe) let pointer: OpaquePointer
    let padding: StreamPadding
    private let takesHotwords: Bool

    /// Loads the model. Blocks meanwhile.
    ///
    /// Some faults end the process instead of throwing, as with `OfflineRecognizer`.
    /// - Parameters:
    ///   - configuration: The settings of a family for streaming.
    ///   - padding: The silence around the audio of each stream.
    /// - Throws: `SherpaOnnxError` with the library's output.
    package init(_ configuration: RecognizerConfiguration, padding: StreamPadding) throws(SherpaOnnxError) {
        let (created, printed) = LibraryMessages.during {
            configuration.withOnlineConfiguration { SherpaOnnxCreateOnlineRecognizer($0) }
        }
        guard let created else { throw SherpaOnnxError(.notCreated, printed: printed) }
        pointer = created
        self.padding = padding
        takesHotwords = configuration.takesHotwords
    }

    deinit {
        SherpaOnnxDestroyOnlineRecognizer(pointer)
    }

    /// Makes a stream, for one turn of speech after the other.
    ///
    /// - Parameter hotwords: Phrases to prefer, for transducers with beam search; the library ignores those that the
    ///   model's tokens cannot spell.
    /// - Returns: A stream without audio yet.
    /// - Throws: `SherpaOnnxError` if hotwords would end the process, or if the library makes no stream.
    package func makeStream(hotwords: [String] = []) throws(SherpaOnnxError) -> OnlineStream {
        try Hotwords.check(hotwords, taken: takesHotwords)
        return try OnlineStream(of: self, hotwords: hotwords)
    }

    /// Decodes all complete chunks that the streams have. Each round takes a chunk of every stream that has one, in one
    /// call, so it costs less than decoding each stream by itself. Blocks meanwhile.
    ///
    /// The library catches no exception here, unlike in `OfflineRecognizer`: one of ONNX Runtime ends the process.
    /// - Parameter streams: Streams of this recognizer, which nothing else uses meanwhile.
    package func decode(_ streams: [OnlineStream]) {
        while true {
            // A stream without a complete chunk would end the process (Tests/Fixtures/VERIFY.md).
            var ready = streams.filter(\.isReady).map { Optional($0.pointer) }
            guard !ready.isEmpty else { return }
            SherpaOnnxDecodeMultipleOnlineStreams(pointer, &ready, Int32(ready.count))
        }
    }

    /// Recognises complete waveforms: each is the only audio of a stream.
    ///
    /// Streams of online recognizers have no options here.
    package func decode(
        _ waveforms: [[Float]], options: [String: String], hotwords: [String]
    ) throws(SherpaOnnxError) -> [RecognitionResult] {
        var streams: [OnlineStream] = []
        for waveform in waveforms {
            let stream = try makeStream(hotwords: hotwords)
            stream.accept(waveform)
            stream.finishInput()
            streams.append(stream)
        }
        decode(streams)
        var results: [RecognitionResult] = []
        for stream in streams { results.append(try stream.result) }
        return results
    }
}
