import HTTPTypes
import Logging
import SpeechTypes

/// How a request ended: its one line in the log.
struct RequestOutcome: Sendable {
    let method: HTTPRequest.Method
    /// Without the query, which may hold what is nobody's business.
    let path: String
    /// Which of the server's routes it took; `nil` if there is none for it.
    let route: String?
    /// What was sent; `nil` if the client had left before.
    let sent: HTTPResponse.Status?
    /// Until the last byte of the answer.
    let wall: Duration
    let findings: RequestFindings

    /// The status under which it is counted. A client that left before the end of its answer is told apart, by the
    /// number that nginx has for it.
    var status: Int {
        findings.isAbandoned ? Self.clientClosedRequest : sent?.code ?? Self.clientClosedRequest
    }

    static let clientClosedRequest = 499

    var level: Logger.Level {
        if findings.cause != nil, !findings.isAbandoned { return .error }
        if let route, Routes.probes.contains(route) { return .debug }
        return (findings.recording?.summary.damagedPackets ?? 0) > 0 ? .warning : .info
    }

    var message: Logger.Message {
        if status == Self.clientClosedRequest { return "The client hung up before its answer." }
        if findings.cause != nil { return "A request failed." }
        if findings.errorCode != nil { return "Answered with an error." }
        return findings.recording == nil ? "Answered." : "Transcribed."
    }

    /// Never a text, a key or a query.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "method": "\(method.rawValue)", "path": "\(path.prefix(Self.longestPath))", "status": .number(status),
            "wall_s": .number(wall.inSeconds, decimals: 3),
        ]
        if let code = findings.errorCode, !findings.isAbandoned { metadata["code"] = "\(code)" }
        if let cause = findings.cause, !findings.isAbandoned { metadata["error"] = "\(cause)" }
        guard let recording = findings.recording else { return metadata }
        metadata["model"] = "\(recording.model)"
        metadata["audio_s"] = .number(recording.summary.duration.inSeconds, decimals: 3)
        metadata["rtf"] = .number(recording.realTimeFactor ?? 0, decimals: 4)
        if recording.summary.damagedPackets > 0 {
            metadata["damaged_packets"] = .number(recording.summary.damagedPackets)
        }
        return metadata
    }

    /// Longer paths are cut: nothing of ours is.
    private static let longestPath = 200
}

extension Logger.MetadataValue {
    /// A number, which a log in JSON writes as one.
    fileprivate static func number(_ value: Int) -> Self { .stringConvertible(value) }

    /// A number, rounded.
    fileprivate static func number(_ value: Double, decimals: Int) -> Self {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return .stringConvertible((value * scale).rounded() / scale)
    }
}
