import Essentials

/// Why other servers gave no answer to a request.
package struct UpstreamError: Error, Sendable, Equatable {
    package enum Code: Sendable, Equatable {
        /// Each server that can be reached has as many requests as it takes.
        case full
        /// No server can be reached, or is ready.
        case unavailable
        /// Each server refuses all requests: its key, its certificate, its address or the name of its model is wrong.
        case misconfigured
        /// Servers hung up on this request, as those do that die of a recording.
        case hungUp
        /// A server finds fault with this request.
        case refused(Refusal)
        /// A server failed on this request, broke off its answer, or gave one that is no transcript.
        case failed
        /// A server made no progress for as long as the entry allows.
        case timedOut
        /// The request has passed this server before, or too many others.
        case looping
        /// The recording cannot be read any more.
        case unreadable
    }

    /// What a server says about a request.
    package struct Refusal: Sendable, Equatable {
        /// 400 to 499.
        package let status: Int
        /// OpenAI's code of the error, if it is one word.
        package let code: String?
        /// The field at fault, if it is one word.
        package let parameter: String?
    }

    package let code: Code
    /// What failed and what to do, fit for a client: bounded and printable, with addresses, without keys.
    package let message: String
    package let retryAfter: Duration?

    init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Whether it is worth while to let a model of this machine answer instead. No answer has begun then. An engine that dies
    /// of a recording takes nothing else with it.
    package var callsForFallback: Bool {
        switch code {
        case .unavailable, .misconfigured, .hungUp: true
        case .full, .refused, .failed, .timedOut, .looping, .unreadable: false
        }
    }
}

/// What one server did instead of answering.
enum UpstreamFault: Error, Equatable {
    /// It has as many requests as it takes.
    case full(retryAfter: Duration?)
    /// It cannot be reached, or is not ready; the next one may be.
    case unavailable(reason: String, retryAfter: Duration?)
    /// It closed the connection, as one does that dies of a recording; the next one may live.
    case hungUp
    /// It refuses this request, or each of ours; the next one may not. If all do, this is the client's answer.
    case refused(UpstreamError)
    /// It refuses every request. `isCertain`: whatever the request says.
    case misconfigured(reason: String, isCertain: Bool)
    /// No other server is to be asked.
    case final(UpstreamError)
}
