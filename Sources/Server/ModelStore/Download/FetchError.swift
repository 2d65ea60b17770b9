/// The error of a failed download.
struct FetchError: Error, CustomStringConvertible {
    /// What failed, on which value, and what to do about it. Fit for a client.
    let description: String
    /// The underlying error.
    let cause: (any Error)?
    /// Whether a later download can resume from the bytes received so far.
    let keepsPartial: Bool

    init(_ description: String, cause: (any Error)? = nil, keepsPartial: Bool = false) {
        self.description = description
        self.cause = cause
        self.keepsPartial = keepsPartial
    }
}
