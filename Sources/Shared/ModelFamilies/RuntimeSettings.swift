/// What ONNX Runtime is told beyond what sherpa-onnx tells it by itself: a text file whose path goes with the provider, as
/// `cpu:FILE` (sherpa-onnx's session.cc reads it).
public enum RuntimeSettings {
    /// The text of the file that serves all models.
    ///
    /// - `EnableMemPattern`: ONNX Runtime would plan its memory anew for each length of sound and keep the plans. Where no
    ///   two lengths are alike that costs 3 % more computing and 30 MB more (Benchmarks/RESULTS.md, "Memory").
    /// - `EnableCpuMemArena`: Its arena has one lock, at which lanes wait for one another, and keeps for good what its largest
    ///   decode took. A heap with a cache for each thread is faster and gives memory back ("The heap").
    /// - `allow_spinning`: threads inside one decode would run in circles while they wait for one another.
    public static let text = """
        EnableMemPattern=0
        EnableCpuMemArena=0
        SessionConfig.session.intra_op.allow_spinning=0

        """

    /// The provider that has the settings of a file.
    static func provider(_ file: String) -> String { "cpu:\(file)" }
}
