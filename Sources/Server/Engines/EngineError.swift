/// An error of a model's engine that prevents a job.
package struct EngineError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The model cannot be loaded; the message names the file at fault, or has the engine's last words.
        case modelFailed
        case modelNotReady
        /// The engine ended twice while it ran this job.
        case crashed
        /// The server lacks a resource to give the engine this job; its other jobs go on.
        case overloaded
        /// The engine did not accept or finish this job; its other jobs go on.
        case jobFailed
        case shuttingDown
    }

    package let code: Code
    /// What failed, on which value, and what to do about it.
    package let message: String

    static let shuttingDown = EngineError(.shuttingDown, "The server is shutting down.")

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ failure: EngineConnectionFailure, model: String) {
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

    package var description: String { message }
}
