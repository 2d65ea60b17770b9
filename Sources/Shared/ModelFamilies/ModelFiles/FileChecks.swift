/// Requirements for a family's files, without which sherpa-onnx would end the process or recognise only noise. The keys
/// are those that its sources read without a default (version 1.13.4, `SHERPA_ONNX_READ_META_DATA`).
struct FileChecks: Sendable {
    /// Keys that the metadata must have, by the file's logical name.
    var requiredKeys: [String: [String]] = [:]
    /// The possible values of `model_type` in the metadata, if present, by the file's logical name.
    var modelTypes: [String: [String]] = [:]
    /// Keys that only other kinds of model have in the metadata, by the file's logical name.
    var foreignKeys: [String: [String]] = [:]
    /// Keys of which the metadata must have one, by the file's logical name.
    var oneKeyOf: [String: [String]] = [:]
    /// Keys whose values must be whole numbers above zero, by the file's logical name: sherpa-onnx would divide by them,
    /// or decode the same audio for ever.
    var positiveKeys: [String: [String]] = [:]
    /// The logical name of the file whose property `vocab_size` is the size of the vocabulary: decoding crashes if
    /// tokens.txt has fewer tokens.
    var vocabulary: String?
    /// The symbol that must follow the tokens of the vocabulary, as the last one; `nil` for no requirement.
    var lastToken: String?
    /// Tokens of which tokens.txt must have one; empty for no requirement.
    var oneTokenOf: [String] = []
    /// Tokens that tokens.txt must have.
    var tokens: [String] = []
    /// The search methods that sherpa-onnx has for these models; `nil` for all in the family's options.
    var decodingMethods: [String]?
    /// Kinds of model in the family, with requirements of their own.
    var kinds: [Kind] = []

    /// A kind of model, by a property in the metadata of a file.
    struct Kind: Sendable {
        /// The file's logical name.
        var file: String
        /// The property's key.
        var key: String
        /// The property's value; `nil` for any.
        var value: String?
        /// What these models must have besides.
        var checks: FileChecks
    }

    /// These checks, and those of each kind that a model is by the metadata of its files.
    func applying(to metadata: [String: ONNXMetadata]) -> [FileChecks] {
        let matching = kinds.filter { kind in
            guard let value = metadata[kind.file]?.properties[kind.key] else { return false }
            return kind.value == nil || kind.value == value
        }
        return [self] + matching.map(\.checks)
    }

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
