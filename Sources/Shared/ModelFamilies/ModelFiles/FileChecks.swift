/// Requirements for a family's files, without which sherpa-onnx would end the process or recognise only noise. The keys
/// are those that its sources read without a default (version 1.13.4, `SHERPA_ONNX_READ_META_DATA`).
struct FileChecks: Sendable {
    /// Keys that the metadata must have, by the file's logical name.
    var requiredKeys: [String: [String]] = [:]
    /// The possible values of `model_type` in the metadata, if present, by the file's logical name.
    var modelTypes: [String: [String]] = [:]
    /// Keys that only other kinds of model have in the metadata, by the file's logical name.
    var foreignKeys: [String: [String]] = [:]
    /// The logical name of the file whose property `vocab_size` is the size of the vocabulary: decoding crashes if
    /// tokens.txt has fewer tokens.
    var vocabulary: String?
    /// Tokens of which tokens.txt must have one; empty for no requirement.
    var oneTokenOf: [String] = []
    /// Tokens that tokens.txt must have.
    var tokens: [String] = []

    /// The names of the blank token, of which tokens.txt of a CTC model must have one (offline-recognizer-ctc-impl.h).
    static let blanks = ["<blk>", "<eps>", "<blank>"]

    /// The task tokens of Canary and Cohere Transcribe: sherpa-onnx looks them up without checking that they exist
    /// (offline-recognizer-canary-impl.h, offline-recognizer-cohere-transcribe-impl.h).
    static func taskMarks(languages: [String]) -> [String] {
        let names = [
            "startofcontext", "startoftranscript", "emo:undefined", "pnc", "nopnc", "noitn", "notimestamp", "nodiarize",
            "endoftext",
        ]
        return (names + languages).map { "<|\($0)|>" }
    }
}
