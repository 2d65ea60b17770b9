/// Where a model's files are.
public enum ModelStatus: Sendable, Equatable {
    /// Files are not there: their paths below the model's directory, sorted.
    case missing(files: [String])
    /// Files are being fetched; the percentage is `nil` while the size is unknown.
    case downloading(percent: Int?)
    /// All files are there.
    case present
}
