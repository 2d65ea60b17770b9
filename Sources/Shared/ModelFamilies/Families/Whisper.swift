import SpeechTypes

extension FamilySetup {
    /// Whisper: takes 30 s at most, of which sherpa-onnx uses half a second for padding; we give it 28.
    ///
    /// Its decoder writes at most 6 tokens for each second of audio, and at most half its text context (sherpa-onnx,
    /// offline-whisper-greedy-search-decoder.cc). The language must be one that the model lists: any other one,
    /// including `auto`, ends the process; empty means detection. Speech is best joined to 8 s (docs/segments.md);
    /// in live sessions, pieces of 2 to 8 s cost 20 words more of 509 than whole turns (Benchmarks/RESULTS.md, "Live
    /// speech").
    /// `tail_paddings` are feature frames of 10 ms; the default is 1000, and fewer lose words.
    static let whisper = FamilySetup(
        layouts: [
            Layout(
                fields: ["encoder": .whisperEncoder, "decoder": .whisperDecoder, "tokens": .tokens],
                tokenLimit: TokenLimit(perSecond: 6, context: .init(file: "encoder", key: "n_text_ctx")))
        ],
        options: ModelOption.general() + ModelOption.rules + [
            .task,
            ModelOption(
                "tail_paddings", .wholeNumber(1...3000), to: .number(.whisperTailPaddings),
                "frames of 10 ms of silence behind the sound; fewer than 1000 cost words"),
            .flag(
                "enable_token_timestamps", .whisperEnableTokenTimestamps, standard: false,
                "tell when each token begins; needs a decoder exported with attention weights"),
            .flag(
                "enable_segment_timestamps", .whisperEnableSegmentTimestamps, standard: false,
                "tell when each segment begins and ends"),
        ],
        window: .seconds(28),
        preferredSegment: .seconds(8),
        livePiece: LivePiece(leastSpeech: .seconds(15), longest: .seconds(28)),
        languages: .whisperMetadata(of: "encoder"),
        languageSetting: .atCreation(.whisperLanguage),
        translates: true,
        times: .byOption,
        checks: FileChecks(requiredKeys: [
            "encoder": [
                "n_mels", "n_text_layer", "n_text_ctx", "n_text_state", "n_vocab", "sot", "eot", "blank_id",
                "translate", "transcribe", "is_multilingual", "no_timestamps", "no_speech", "sot_sequence",
            ]
        ])
    ) { config, _, settings in
        config.texts[.whisperTask] = settings.task.rawValue
    }
}
