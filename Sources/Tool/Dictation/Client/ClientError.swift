/// A transcription that a server did not give.
public struct ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why.
    public enum Code: Sendable, Equatable {
        /// Nobody answers at the address.
        case unreachable
        /// The server refuses this request, and would again.
        case refused
        /// The server cannot now; later it may.
        case busy
        /// The server failed, or its answer is none of a transcription server.
        case failed
        /// The recording cannot be read.
        case unreadable
    }

    /// Why.
    public let code: Code
    /// Which server, what it says, and what to do. One line, but for `unreachable` on this machine, which has two.
    public let description: String
    /// How long the server asks to be left alone.
    let retryAfter: Duration?
    /// Whether trying again may help.
    let mayBeRepeated: Bool

    /// Says what went wrong where there is nothing to wait for.
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

/// What whoever is told of the progress threw: no fault of the server.
struct ReportFailure: Error {
    let cause: any Error

    /// Makes the errors of a report tell themselves apart from those of the connection.
    static func marking(
        _ report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) -> @Sendable (TranscriptionProgress) async throws -> Void {
        { progress in
            do { try await report(progress) } catch { throw ReportFailure(cause: error) }
        }
    }
}
