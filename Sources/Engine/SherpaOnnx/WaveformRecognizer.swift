/// A loaded model that turns complete waveforms into text.
package protocol WaveformRecognizer: Sendable {
    /// Recognises several waveforms in one call. Blocks meanwhile.
    ///
    /// - Parameters:
    ///   - waveforms: Mono samples at 16 kHz, finite.
    ///   - options: The library's options of all streams by key, for models that have any.
    ///   - hotwords: Phrases to prefer, for transducers with beam search; the library ignores those that the model's
    ///     tokens cannot spell.
    /// - Returns: The results, in order; their texts are empty for silence.
    /// - Throws: `SherpaOnnxError` if there are too few samples, if hotwords would end the process, or if the library
    ///   failed on any waveform.
    func decode(
        _ waveforms: [[Float]], options: [String: String], hotwords: [String]
    ) throws(SherpaOnnxError) -> [RecognitionResult]
}
