import HTTPTypes
import Logging
import SpeechTypes
import Synchronization

/// How a request ended, for its line in the log.
struct RequestOutcome: Sendable {
    let method: HTTPRequest.Method
    /// Without the query, which may be confidential.
    let path: String
    /// The matched route; `nil` if there is none.
    let route: String?
    /// The status that was sent; `nil` if the client had left before.
    let sent: HTTPResponse.Status?
    /// Up to the last byte of the response.
    let wall: Duration
    let findings: RequestFindings

    /// The status under which it is counted: nginx's number if the client left before the end of its response.
    var status: Int { (findings.isAbandoned ? nil : sent?.code) ?? Self.clientClosedRequest }

    private static let clientClosedRequest = 499

    func report(to log: Logger, _ metrics: ServerMetrics) {
        metrics.count(self)
        log.log(level: level, message, metadata: metadata)
    }

    var level: Logger.Level {
        if findings.cause != nil, !findings.isAbandoned { return .error }
        if let route, Routes.probes.contains(route) { return .debug }
        return (findings.recording?.summary.damagedPackets ?? 0) > 0 ? .warning : .info
    }

    var message: Logger.Message {
        if status == Self.clientClosedRequest { return "The client hung up before its answer." }
        if findings.cause != nil { return "A request failed." }
        if findings.errorCode != nil { return "Answered with an error." }
        if findings.session != nil { return "A live session ended." }
        return findings.recording == nil ? "Answered." : "Transcribed."
    }

    /// Never contains a text, a key or a query.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            // None of the server's own paths is longer.
            "method": "\(method.rawValue)", "path": "\(path.prefix(200))", "status": .number(status),
            "wall_s": .number(wall.inSeconds, decimals: 3),
        ]
        if let code = findings.errorCode, !findings.isAbandoned { metadata["code"] = "\(code)" }
        if let cause = findings.cause, !findings.isAbandoned { metadata["error"] = "\(cause)" }
        if let session = findings.session {
            metadata["session"] = "\(session.id)"
            metadata["model"] = "\(session.model)"
            metadata["audio_s"] = .number(session.audio.inSeconds, decimals: 3)
            metadata["turns"] = .number(session.turns)
            metadata["ending"] = "\(session.ending?.word ?? "none")"
        }
        if let upstream = findings.upstream {
            metadata["model"] = "\(upstream.model)"
            metadata["upstream"] = "\(upstream.address)"
            if let id = upstream.requestID { metadata["upstream_request"] = "\(id)" }
        }
        guard let recording = findings.recording else { return metadata }
        metadata["model"] = "\(recording.model)"
        metadata["audio_s"] = .number(recording.summary.duration.inSeconds, decimals: 3)
        metadata["rtf"] = .number(recording.realTimeFactor ?? 0, decimals: 4)
        if recording.summary.damagedPackets > 0 {
            metadata["damaged_packets"] = .number(recording.summary.damagedPackets)
        }
        return metadata
    }
}

extension Logger.MetadataValue {
    /// A number, which a JSON log writes as a number.
    fileprivate static func number(_ value: Int) -> Self { .stringConvertible(value) }

    fileprivate static func number(_ value: Double, decimals: Int) -> Self {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return .stringConvertible((value * scale).rounded() / scale)
    }
}

/// What becomes known about a request on its way through the server, for its log line and the metrics.
struct RequestFindings: Sendable {
    /// A recording that was transcribed to its end, or as far as its language had to be detected.
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

    /// The server that answered instead of this one.
    struct Upstream: Sendable {
        /// The name of the model's entry in the registry.
        var model: String
        var address: String
        /// The server's id of the request.
        var requestID: String?
    }

    var recording: Recording?
    var upstream: Upstream?
    /// The live session that the request began.
    var session: SessionSummary?
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

    /// Notes an error, and returns the error for the client.
    func answer(to error: any Error) -> APIError {
        let known = APIError(error)
        let answer = known ?? .unforeseen
        note(\.errorCode, answer.code)
        if known == nil { note(\.cause, "\(error)") }
        return answer
    }
}
