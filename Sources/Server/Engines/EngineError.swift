import SystemPackage

/// A model's engine that could not do a job.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// Why.
    public enum Code: Sendable {
        /// The model cannot be loaded; the message says which file is wrong, or the engine's last words.
        case modelFailed
        /// The model is still being loaded.
        case modelNotReady
        /// The engine ended twice on this very job.
        case crashed
        /// The engine could not be given this job, since the server is short of something; it goes on with others.
        case overloaded
        /// The engine did not take or finish this very job, and goes on with others.
        case jobFailed
        /// The server is shutting down.
        case shuttingDown
    }

    /// Why.
    public let code: Code
    /// What failed, on which value, and what to do.
    public let message: String

    static let shuttingDown = EngineError(.shuttingDown, "The server is shutting down.")

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension EngineError {
    /// A job that failed although its engine goes on.
    init(_ failure: EngineConnection.Failure, model: String) {
        switch failure {
        case .unreachable:
            self.init(
                .overloaded,
                "The server cannot give the engine of model '\(model)' another request now: \(failure.reason). "
                    + "Try again soon.")
        case .closed, .silent, .garbled:
            self.init(
                .jobFailed,
                "The engine of model '\(model)' could not do this request: \(failure.reason). Other requests are not "
                    + "affected; do not send this one again unchanged.")
        }
    }
}

extension EngineConnection.Failure {
    /// Whether the engine's process may have ended, or be about to.
    var mayBeAnEnd: Bool {
        switch self {
        case .closed: true
        case .unreachable(let error): error == .brokenPipe || error == .connectionReset
        case .silent, .garbled: false
        }
    }

    /// Why the engine is to be ended, for the log; `nil` if it may go on.
    var reasonToEnd: String? {
        switch self {
        case .silent: "The engine does not answer any more and is killed."
        case .garbled(let words): "The engine sends what no engine of ours sends, and is killed: \(words)."
        case .closed, .unreachable: nil
        }
    }

    /// What happened, in words.
    var reason: String {
        switch self {
        case .unreachable(let error): error.description
        case .closed(let words), .garbled(let words): words
        case .silent: "it does not answer any more"
        }
    }
}
