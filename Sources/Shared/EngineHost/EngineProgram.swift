public import EngineLink
public import Logging

/// Starts an engine's process and waits for its end. Tests use a scripted implementation.
public protocol EngineProgram: Sendable {
    /// Runs an engine until it ends; cancelling the task ends it.
    ///
    /// - Parameters:
    ///   - order: The engine's job.
    ///   - logger: Receives the engine's standard error.
    ///   - began: Called with the process id and the socket for passing descriptors, after the order was sent.
    ///   - notice: Called with the engine's notices, except its version.
    /// - Returns: How the engine ended.
    func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd
}

/// How a run of an engine ended.
public struct EngineEnd: Sendable, Equatable {
    /// The exit status or signal in words, such as `signal 9`.
    public var status: String
    /// The last lines of its standard error.
    public var lastWords: String
    /// Whether it lacked files, threads or processes; a later start may succeed.
    public var isShortage: Bool

    /// Makes a description of an end.
    public init(status: String, lastWords: String = "", isShortage: Bool = false) {
        self.status = status
        self.lastWords = lastWords
        self.isShortage = isShortage
    }
}
