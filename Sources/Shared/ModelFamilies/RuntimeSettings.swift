/// Settings of ONNX Runtime that sherpa-onnx does not set: a text file whose path follows the provider, as in
/// `cpu:FILE` (read by sherpa-onnx's session.cc).
public enum RuntimeSettings {
    /// The content of the file, for all models.
    ///
    /// - `EnableMemPattern`: ONNX Runtime would plan memory for each length of audio and keep the plans. If all lengths
    ///   differ, that costs 3 % more CPU time and 30 MB more (Benchmarks/RESULTS.md, "Memory").
    /// - `EnableCpuMemArena`: The arena has one lock, on which lanes wait for one another, and keeps the memory of its
    ///   largest decode for good. A heap with a cache for each thread is faster and returns memory ("The heap").
    /// - `allow_spinning`: The threads of a decode would spin while they wait for one another.
    public static let text = """
        EnableMemPattern=0
        EnableCpuMemArena=0
        SessionConfig.session.intra_op.allow_spinning=0

        """

    /// The provider with the settings in a file.
    static func provider(_ file: String) -> String { "cpu:\(file)" }
}
