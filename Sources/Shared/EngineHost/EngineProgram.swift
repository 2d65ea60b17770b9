public import EngineLink
public import Logging

/// Starts an engine's process and sees it to its end. What stands in for it in tests answers by a script.
public protocol EngineProgram: Sendable {
    /// Runs an engine until it ends; cancelling the task ends it.
    ///
    /// - Parameters:
    ///   - order: What it is for.
    ///   - logger: Told what it writes to standard error.
    ///   - began: Told its process id, and where descriptors are passed to it, which has the order by then.
    ///   - notice: Told what it says of itself, its version excepted.
    /// - Returns: How it ended.
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
    /// Whether it was short of files, threads or processes, which it may have another time.
    public var isShortage: Bool

    /// Describes an end.
    public init(status: String, lastWords: String = "", isShortage: Bool = false) {
        self.status = status
        self.lastWords = lastWords
        self.isShortage = isShortage
    }
}
