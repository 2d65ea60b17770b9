import Subprocess

/// The environment of an engine: ours without its secrets, and with settings for its heap.
enum EngineEnvironment {
    /// - `SWIFT_BACKTRACE`: A crash ends it at once. Swift's backtracer holds it up for seconds, and hides its last words
    ///   under hundreds of lines.
    /// - `MALLOC_CONF` (jemalloc(3), "TUNING"): What is freed is kept for five seconds of work, since the next segment takes
    ///   as much again, and then a thread gives it back, so that an engine at rest shrinks. Blocks from 8 MB on as well,
    ///   which would go at once otherwise: a decode of 20 s makes many. Addresses go with the memory, since they count
    ///   against the limit on data. It comes in large pages (madvise(2)): by small ones, Whisper computes up to a
    ///   tenth more (Benchmarks/RESULTS.md, "The heap").
    private static let settings: [Environment.Key: String] = [
        "SWIFT_BACKTRACE": "enable=no",
        "MALLOC_CONF": "dirty_decay_ms:5000,oversize_threshold:0,retain:false,thp:always,"
            + "background_thread:true,max_background_threads:1",
    ]

    /// What of an environment's names is none of an engine's business: it reads what strangers send.
    private static let secrets = ["KEY", "TOKEN", "SECRET", "PASSW", "CREDENTIAL", "AUTH"]

    /// What makes an engine's environment of ours: our settings, and no variable whose name looks like that of a secret,
    /// API keys above all.
    ///
    /// - Parameter ours: The names that are set here. Who has set up jemalloc keeps that.
    /// - Returns: The new values by name; `nil` takes a variable out.
    static func changes(to ours: some Collection<String>) -> [Environment.Key: String?] {
        var changes = settings.mapValues(Optional.some)
        if ours.contains("MALLOC_CONF") { changes.removeValue(forKey: "MALLOC_CONF") }
        for name in ours where secrets.contains(where: { name.uppercased().contains($0) }) {
            changes.updateValue(nil, forKey: Environment.Key(stringLiteral: name))
        }
        return changes
    }
}
