/// A failed transcription request.
public struct ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Sendable, Equatable {
        /// Nothing listens at the address, or it does not speak HTTP.
        case unreachable
        /// The server rejects this request; a retry would be rejected too.
        case refused
        /// The server is overloaded or unavailable; a later request may succeed.
        case busy
        /// The server failed, or its response is not one of a transcription server.
        case failed
        /// The recording cannot be read.
        case unreadable
    }

    /// The kind of failure.
    public let code: Code
    /// The server, its message and what to do. One line, except for `unreachable` on this machine, which has two.
    public let description: String
    /// The server's `Retry-After`.
    let retryAfter: Duration?
    /// Whether a retry may succeed.
    let mayBeRepeated: Bool

    /// Creates an error that is not worth a retry.
    public init(_ code: Code, _ description: String) {
        self.init(code, description, retryAfter: nil)
    }

    init(_ code: Code, _ description: String, retryAfter: Duration? = nil, mayBeRepeated: Bool = false) {
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
        self.mayBeRepeated = mayBeRepeated
    }
}

/// An error thrown by a progress callback: not the server's fault.
struct ReportFailure: Error {
    let cause: any Error

    /// Wraps a callback so that its errors can be told apart from the connection's.
    static func marking(
        _ report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) -> @Sendable (TranscriptionProgress) async throws -> Void {
        { progress in
            do { try await report(progress) } catch { throw ReportFailure(cause: error) }
        }
    }
}
