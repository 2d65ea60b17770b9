import SpeechTypes
import Synchronization

/// What becomes known about a request on its way through the server, for its log line and the metrics.
struct RequestFindings: Sendable {
    /// A recording that was transcribed to its end.
    struct Recording: Sendable {
        /// The name of the model's entry in the registry.
        var model: String
        var summary: RecordingSummary
        /// From the request's first line to the last word.
        var wall: Duration

        /// The time it took, divided by its length; `nil` for a recording without sound.
        var realTimeFactor: Double? {
            summary.duration > .zero ? wall.inSeconds / summary.duration.inSeconds : nil
        }
    }

    var recording: Recording?
    /// The code of the error in the response.
    var errorCode: String?
    /// The cause of an unforeseen error, for the log only.
    var cause: String?
    /// Whether the client left before the end of its response.
    var isAbandoned = false
}

/// The findings of one request; each stage adds its own.
final class RequestRecord: Sendable {
    private let findings = Mutex(RequestFindings())

    var current: RequestFindings { findings.withLock { $0 } }

    func note<Value: Sendable>(_ part: any WritableKeyPath<RequestFindings, Value> & Sendable, _ value: Value) {
        findings.withLock { $0[keyPath: part] = value }
    }

    /// Notes an error.
    ///
    /// - Returns: The error for the client.
    func answer(to error: any Error) -> APIError {
        let known = APIError(error)
        let answer = known ?? .unforeseen
        note(\.errorCode, answer.code)
        if known == nil { note(\.cause, "\(error)") }
        return answer
    }
}
