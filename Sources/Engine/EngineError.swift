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
        /// The server is shutting down.
        case shuttingDown
    }

    /// Why.
    public let code: Code
    /// What failed, on which value, and what to do.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
