/// What a family's files must and must not have, where sherpa-onnx would end the process or hear nothing but noise. The
/// keys are those its sources read without a default (version 1.13.4, `SHERPA_ONNX_READ_META_DATA`).
struct FileChecks: Sendable {
    /// Keys that the metadata of a file must have, by the file's logical name.
    var requiredKeys: [String: [String]] = [:]
    /// What `model_type` may say in the metadata of a file, by the file's logical name, if it is there.
    var modelTypes: [String: [String]] = [:]
    /// Keys that the metadata of a file have in models of another kind, by the file's logical name.
    var foreignKeys: [String: [String]] = [:]
    /// Where the metadata tell how many tokens the model knows: decoding with fewer in tokens.txt crashes.
    var vocabulary: VocabularySize?
    /// Tokens of which tokens.txt must have one; empty where it needs none.
    var oneTokenOf: [String] = []
    /// Tokens that tokens.txt must all have.
    var tokens: [String] = []

    /// A place in the metadata.
    struct VocabularySize: Sendable {
        /// The file's logical name.
        var file: String
        /// The property's key.
        var key: String
    }

    /// The names for "nothing said", of which a tokens.txt of a CTC model has one (offline-recognizer-ctc-impl.h).
    static let blanks = ["<blk>", "<eps>", "<blank>"]

    /// The marks that Canary and Cohere Transcribe are told their task with: each is looked up without a question
    /// whether it is there (offline-recognizer-canary-impl.h, offline-recognizer-cohere-transcribe-impl.h).
    static func taskMarks(languages: [String]) -> [String] {
        let names = [
            "startofcontext", "startoftranscript", "emo:undefined", "pnc", "nopnc", "noitn", "notimestamp", "nodiarize",
            "endoftext",
        ]
        return (names + languages).map { "<|\($0)|>" }
    }
}
