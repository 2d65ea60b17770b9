extension FamilySetup {
    /// TeleSpeech's CTC models: Mandarin and its dialects.
    static let telespeechCTC = FamilySetup(
        layouts: [Layout(fields: ["telespeech_ctc": .telespeechCTC, "tokens": .tokens])],
        times: .tokens,
        checks: FileChecks(
            requiredKeys: ["telespeech_ctc": ["model_type"]],
            modelTypes: ["telespeech_ctc": ["telespeech_ctc"]],
            oneTokenOf: FileChecks.blanks))
}
