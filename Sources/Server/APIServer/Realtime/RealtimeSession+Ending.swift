import Essentials
import NIOWebSocket

extension RealtimeSession.Ending {
    /// The error that the client is told before its connection is closed.
    func error(_ limits: RealtimeLimits) -> APIError? {
        switch self {
        case .byClient, .byUpstream, .idle, .shutdown, .notText: nil
        case .failed(let error): error
        case .expired:
            APIError(
                status: .badRequest, code: "session_expired",
                message:
                    "The session has reached its longest duration of \(HumanFormat.time(limits.longest)). Open another one."
            )
        }
    }

    /// The code and the reason with which the connection is closed.
    func closing(_ limits: RealtimeLimits) -> (WebSocketErrorCode, reason: String) {
        switch self {
        case .byClient: (.normalClosure, "")
        case .byUpstream: (.goingAway, "The server of the model has ended the session.")
        case .notText: (.unacceptableData, "Send events as text, with audio in base64.")
        case .idle: (.goingAway, "The session has sent no audio for \(HumanFormat.time(limits.idleTime)).")
        case .expired: (.goingAway, "The session has reached its longest duration.")
        case .shutdown: (.goingAway, "The server is shutting down.")
        case .failed(let error): (.unexpectedServerError, error.code)
        }
    }
}
