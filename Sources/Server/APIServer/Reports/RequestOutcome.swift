import HTTPTypes
import Logging
import SpeechTypes

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

    /// The status under which it is counted. If the client left before the end of its response, it is nginx's number
    /// for that.
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

    /// Never contains a text, a key or a query.
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

    /// Longer paths are cut; none of the server's own is longer.
    private static let longestPath = 200
}

extension Logger.MetadataValue {
    /// A number, which a JSON log writes as a number.
    fileprivate static func number(_ value: Int) -> Self { .stringConvertible(value) }

    /// A number, rounded.
    fileprivate static func number(_ value: Double, decimals: Int) -> Self {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return .stringConvertible((value * scale).rounded() / scale)
    }
}
