package import EngineLink
package import Logging
import Subprocess

/// Starts an engine's process and waits for its end. Tests use a scripted implementation.
package protocol EngineProgram: Sendable {
    /// Runs an engine until it ends; cancelling the task ends it. The logger receives its standard error.
    ///
    /// `began` is called with the process id and the socket for passing descriptors, after the order was sent; `notice`
    /// with the engine's notices, except its version.
    func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd
}

package struct EngineEnd: Sendable, Equatable {
    /// The exit status or signal in words, such as `signal 9`.
    package var status: String
    /// The last lines of its standard error.
    package var lastWords: String
    /// Whether it lacked files, threads or processes; a later start may succeed.
    package var isShortage: Bool

    package init(status: String, lastWords: String = "", isShortage: Bool = false) {
        self.status = status
        self.lastWords = lastWords
        self.isShortage = isShortage
    }
}

/// The environment of an engine: the environment of this process without secrets, plus settings for the engine's heap.
enum EngineEnvironment {
    /// - `SWIFT_BACKTRACE`: A crash ends the engine at once. Swift's backtracer would delay that by seconds, and bury
    ///   the error message under hundreds of lines.
    /// - `MALLOC_CONF` (jemalloc(3), "TUNING"): Freed memory is kept for five seconds of work, since the next segment
    ///   needs as much again; then a background thread returns it to the system, so an idle engine shrinks. This
    ///   includes blocks from 8 MB on, which jemalloc would otherwise return at once: a decode of 20 s makes many.
    ///   Address space is returned as well, since it counts against the limit on data. Huge pages are used
    ///   (madvise(2)): with small pages, Whisper needs up to a tenth more CPU time (Benchmarks/RESULTS.md, "The heap").
    private static let settings: [Environment.Key: String] = [
        "SWIFT_BACKTRACE": "enable=no",
        "MALLOC_CONF": "dirty_decay_ms:5000,oversize_threshold:0,retain:false,thp:always,"
            + "background_thread:true,max_background_threads:1",
    ]

    /// Parts of the names of variables that an engine does not get, because it reads untrusted files.
    private static let secrets = ["KEY", "TOKEN", "SECRET", "PASSW", "CREDENTIAL", "AUTH"]

    /// The changes that make an engine's environment: adds our settings and removes variables whose names look like
    /// secrets, such as API keys.
    ///
    /// - Parameter ours: The names of the variables that this process has. An existing `MALLOC_CONF` is kept.
    /// - Returns: The new values by name; `nil` removes a variable.
    static func changes(to ours: some Collection<String>) -> [Environment.Key: String?] {
        var changes = settings.mapValues(Optional.some)
        if ours.contains("MALLOC_CONF") { changes.removeValue(forKey: "MALLOC_CONF") }
        for name in ours where secrets.contains(where: { name.uppercased().contains($0) }) {
            changes.updateValue(nil, forKey: Environment.Key(stringLiteral: name))
        }
        return changes
    }
}
