/// Why a fetch brought nothing.
struct FetchError: Error, CustomStringConvertible {
    /// What failed, on which value, and what to do. Fit for a client.
    let description: String
    /// What lay beneath.
    let cause: (any Error)?
    /// Whether what has arrived so far is the beginning of what a later fetch will bring.
    let keepsPartial: Bool

    init(_ description: String, cause: (any Error)? = nil, keepsPartial: Bool = false) {
        self.description = description
        self.cause = cause
        self.keepsPartial = keepsPartial
    }
}
