import SystemPackage

/// An error of a model's engine that prevents a job.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// The kinds of error.
    public enum Code: Sendable {
        /// The model cannot be loaded; the message names the file at fault, or has the engine's last words.
        case modelFailed
        /// The model is still being loaded.
        case modelNotReady
        /// The engine ended twice while it ran this job.
        case crashed
        /// The server lacks a resource to give the engine this job; its other jobs go on.
        case overloaded
        /// The engine did not accept or finish this job; its other jobs go on.
        case jobFailed
        /// The server is shutting down.
        case shuttingDown
    }

    /// The kind of error.
    public let code: Code
    /// What failed, on which value, and what to do about it.
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
    /// An error for one job whose engine goes on.
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
    /// Whether the engine's process may have ended, or is about to.
    var mayBeAnEnd: Bool {
        switch self {
        case .closed: true
        case .unreachable(let error): error == .brokenPipe || error == .connectionReset
        case .silent, .garbled: false
        }
    }

    /// Why the engine must be ended, for the log; `nil` if it may go on.
    var reasonToEnd: String? {
        switch self {
        case .silent: "The engine does not answer any more and is killed."
        case .garbled(let words): "The engine sends what no engine of ours sends, and is killed: \(words)."
        case .closed, .unreachable: nil
        }
    }

    /// The failure in words.
    var reason: String {
        switch self {
        case .unreachable(let error): error.description
        case .closed(let words), .garbled(let words): words
        case .silent: "it does not answer any more"
        }
    }
}
