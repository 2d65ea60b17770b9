import Subprocess

/// The environment of an engine: ours without its secrets, and with a heap that suits decode lanes.
enum EngineEnvironment {
    /// - `SWIFT_BACKTRACE`: A crash ends it at once. Swift's backtracer holds it up for seconds, and hides its last words
    ///   under hundreds of lines.
    /// - `MALLOC_ARENA_MAX` (mallopt(3)): One heap for all threads. With one for each, what a decode frees on one is no use
    ///   to the next on another, and memory grows twice as far.
    /// - `GLIBC_TUNABLES` (the C library's manual, "Memory Allocation Tunables"): A thread keeps up to 300 free blocks of
    ///   each small size, not 7, so that lanes do not wait for one another at that heap's lock; it cost 3 to 9 % of the
    ///   throughput. Blocks of more than 136 bytes count as small no longer: they are rarely waited for, and would hold
    ///   megabytes (Benchmarks/RESULTS.md, "Memory").
    private static let settings: [Environment.Key: String] = [
        "SWIFT_BACKTRACE": "enable=no", "MALLOC_ARENA_MAX": "1",
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=300:glibc.malloc.tcache_max=136",
    ]

    /// What of an environment's names is none of an engine's business: it reads what strangers send.
    private static let secrets = ["KEY", "TOKEN", "SECRET", "PASSW", "CREDENTIAL", "AUTH"]

    /// What makes an engine's environment of ours: our settings, and no variable whose name looks like that of a secret,
    /// API keys above all.
    ///
    /// - Parameter ours: The names that are set here. Who has set tunables for the C library keeps them.
    /// - Returns: The new values by name; `nil` takes a variable out.
    static func changes(to ours: some Collection<String>) -> [Environment.Key: String?] {
        var changes = settings.mapValues(Optional.some)
        if ours.contains("GLIBC_TUNABLES") { changes.removeValue(forKey: "GLIBC_TUNABLES") }
        for name in ours where secrets.contains(where: { name.uppercased().contains($0) }) {
            changes.updateValue(nil, forKey: Environment.Key(stringLiteral: name))
        }
        return changes
    }
}
