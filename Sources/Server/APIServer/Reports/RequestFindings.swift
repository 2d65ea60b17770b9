import SpeechTypes
import Synchronization

/// What becomes known of a request on its way through the server, for its line in the log and for the metrics.
struct RequestFindings: Sendable {
    /// A recording that was heard to its end.
    struct Recording: Sendable {
        /// The name of its entry in the registry.
        var model: String
        var summary: RecordingSummary
        /// From the request's first line to the last word.
        var wall: Duration

        /// How long it took by how long it is; `nil` for a recording without sound.
        var realTimeFactor: Double? {
            summary.duration > .zero ? wall.inSeconds / summary.duration.inSeconds : nil
        }
    }

    var recording: Recording?
    /// The code of the error that it was answered with.
    var errorCode: String?
    /// What nobody foresaw, for the log alone.
    var cause: String?
    /// Whether the client left before the end of its answer.
    var isAbandoned = false
}

/// The findings of one request, gathered by whoever comes upon them.
final class RequestRecord: Sendable {
    private let findings = Mutex(RequestFindings())

    var current: RequestFindings { findings.withLock { $0 } }

    func note<Value: Sendable>(_ part: any WritableKeyPath<RequestFindings, Value> & Sendable, _ value: Value) {
        findings.withLock { $0[keyPath: part] = value }
    }

    /// Notes what went wrong.
    ///
    /// - Returns: What the client is told of it.
    func answer(to error: any Error) -> APIError {
        let known = APIError(error)
        let answer = known ?? .unforeseen
        note(\.errorCode, answer.code)
        if known == nil { note(\.cause, "\(error)") }
        return answer
    }
}
