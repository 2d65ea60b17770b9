/// Why a model cannot be used now.
public struct ModelError: Error, Sendable {
    /// What kind of failure it is; each has its own answer over HTTP.
    public enum Code: Sendable, Equatable {
        /// No model or alias has this name.
        case notFound
        /// The model's files are on their way; asking again later helps.
        case notReady
        /// Asking again does not help until somebody changes the files, the registry or the network.
        case failed
        /// There is nothing of the model that we may delete.
        case notRemovable
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on which value, and what to do. Fit for a client: no credentials, no internal causes.
    public let message: String
    /// How long to wait before asking again, where that helps.
    public let retryAfter: Duration?
    /// What lay beneath, for the log.
    public let cause: (any Error)?

    /// Describes a failure.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.cause = cause
    }
}

extension ModelError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
