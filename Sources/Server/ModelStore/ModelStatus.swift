/// The state of a model's files.
public enum ModelStatus: Sendable, Equatable {
    /// Files are missing: their paths below the model's directory, sorted.
    case missing(files: [String])
    /// Files are being downloaded; the percentage is `nil` while the size is unknown.
    case downloading(percent: Int?)
    /// All files are there.
    case present
}
