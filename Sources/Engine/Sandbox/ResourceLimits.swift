import Essentials

/// Limits the resources of an engine process.
struct ResourceLimits: Sendable {
    /// The most bytes of data it may allocate.
    let memory: Int

    /// Added to the process's OOM score (of 1000), so that the kernel kills an engine before its parent.
    private static let readiness = 500

    /// Sets the limits, and returns those that could not be set, and why; usually none. After that, a write to a file
    /// fails with an error instead of a signal.
    func apply() -> [String] {
        signal(SIGXFSZ, SIG_IGN)
        var missing: [String] = []
        func note(_ what: String, _ isDone: Bool) {
            if !isDone { missing.append("\(what) (\(SystemReason.words(for: errno)))") }
        }
        note("a limit on files", Self.limit(RLIMIT_FSIZE, to: 0))
        note("a limit on core dumps", Self.limit(RLIMIT_CORE, to: 0))
        #if os(Linux)
            note("a limit on memory", Self.limit(RLIMIT_DATA, to: memory))
            note("a place before the server when memory runs out", Self.goFirstWithoutMemory())
        #endif
        return missing
    }

    #if os(Linux)
        private typealias Resource = __rlimit_resource

        /// Adds to the inherited value, which the administrator may have set (proc(5), oom_score_adj).
        private static func goFirstWithoutMemory() -> Bool {
            let file = "/proc/self/oom_score_adj"
            guard let text = try? String(contentsOfFile: file, encoding: .utf8),
                let inherited = Int(text.split(whereSeparator: \.isWhitespace).first ?? "")
            else { return false }
            let descriptor = open(file, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            let wanted = Array("\(min(1000, inherited + readiness))".utf8)
            return write(descriptor, wanted, wanted.count) == wanted.count
        }
    #else
        private typealias Resource = Int32
    #endif

    /// Lowers both the soft and the hard limit, so it cannot be raised again; keeps a lower one.
    private static func limit(_ resource: Resource, to value: Int) -> Bool {
        var limit = rlimit()
        #if os(Linux)
            let resource = __rlimit_resource_t(resource.rawValue)
        #endif
        guard getrlimit(resource, &limit) == 0 else { return false }
        limit.rlim_cur = min(limit.rlim_cur, rlim_t(value))
        limit.rlim_max = limit.rlim_cur
        return setrlimit(resource, &limit) == 0
    }
}
