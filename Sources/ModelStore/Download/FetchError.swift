/// Why a fetch brought nothing.
struct FetchError: Error, CustomStringConvertible {
    /// What failed, on which value, and what to do. Fit for a client.
    let description: String
    /// What lay beneath.
    let cause: (any Error)?

    init(_ description: String, cause: (any Error)? = nil) {
        self.description = description
        self.cause = cause
    }
}
