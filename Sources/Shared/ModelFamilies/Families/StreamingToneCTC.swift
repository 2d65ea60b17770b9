extension FamilySetup {
    /// T-one: Russian telephone speech in chunks of 300 ms. sherpa-onnx resamples the audio to 8 kHz; its examples put
    /// 0.3 s of silence before it and 0.6 s behind it (streaming-t-one-ctc-c-api.c).
    static let streamingToneCTC = FamilySetup(
        layouts: [Layout(fields: ["model": .toneCTCModel, "tokens": .tokens])],
        batching: .together,
        times: .tokens,
        streaming: StreamingSetup(chunk: .fixed(.milliseconds(300)), lead: .milliseconds(300)),
        checks: FileChecks(
            requiredKeys: ["model": ["frame_length_ms", "state_dim", "sample_rate"]],
            modelTypes: ["model": ["t-one"]],
            oneTokenOf: FileChecks.blanks))
}
