/// An option that has no effect, or prevents loading, unless another one is set too.
public struct OptionConflict: Sendable, Equatable {
    /// The option's key.
    public let key: String
    /// What is missing and what to write.
    public let message: String
}

extension ModelOptions {
    /// The options that need others which are not set: sherpa-onnx makes no recognizer of them
    /// (Tests/Fixtures/VERIFY.md).
    public var conflicts: [OptionConflict] {
        var found: [OptionConflict] = []
        if values["hotwords_file"] != nil, text("decoding_method") != "modified_beam_search" {
            found.append(
                OptionConflict(
                    key: "hotwords_file",
                    message: "'hotwords_file' needs beam search; write decoding_method: modified_beam_search as well."))
        }
        if let unit = text("modeling_unit"), unit.contains("bpe"), values["bpe_vocab"] == nil {
            found.append(
                OptionConflict(
                    key: "modeling_unit",
                    message: "'modeling_unit: \(unit)' needs the model's vocabulary; write bpe_vocab: and its file."))
        }
        return found
    }
}
