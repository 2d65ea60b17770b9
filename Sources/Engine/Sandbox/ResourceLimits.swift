import Essentials

/// What an engine may use up before it ends, alone.
struct ResourceLimits: Sendable {
    /// The most bytes of memory it may have for data.
    let memory: Int

    /// How much sooner than its parent an engine goes when the machine has no memory left, of 1000.
    private static let readiness = 500

    /// Puts the limits in force. A file cannot be written any more: what tries gets an error, not a signal.
    ///
    /// - Returns: What could not be limited, and why; usually nothing.
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

        /// Adds to what is inherited, which whoever started the server may have chosen (proc(5), oom_score_adj).
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

    /// Lowers both limits, so that it is for good; one that is lower already stays.
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
