import APIServer
import Essentials
import Logging

/// How many files this process may have open, and how many connections that is enough for.
struct OpenFiles: Equatable {
    /// The limit to be set.
    let limit: Int
    /// The connections that fit.
    let connections: Int

    /// A connection may need a file for its upload and another connection, to an engine.
    private static let each = 3
    /// For all the rest: registry, libraries, engines' pipes, downloads, connections that wait to be refused.
    private static let rest = 320
    /// A server with one engine and a few connections has about 40.
    private static let few = 64

    /// Plans for so many connections, between the limit that is set and the most that may be.
    init(connections: Int, limit: Int, most: Int) {
        let (needed, overflow) = connections.multipliedReportingOverflow(by: Self.each)
        let wanted = overflow || needed > .max - Self.rest ? .max : needed + Self.rest
        self.limit = min(max(limit, wanted), most)
        self.connections = min(connections, max(1, (self.limit - Self.rest) / Self.each))
    }

    /// Raises the limit of this process to what the connections need.
    ///
    /// - Returns: The limits with the connections that there is room for; if that is fewer, the log says so.
    static func makeRoom(for limits: ConnectionLimits, logger: Logger) -> ConnectionLimits {
        var system = rlimit()
        guard getrlimit(resource, &system) == 0 else { return limits }
        let now = Int(clamping: system.rlim_cur)
        var plan = Self(connections: limits.maximum, limit: now, most: Int(clamping: system.rlim_max))
        system.rlim_cur = rlim_t(plan.limit)
        if plan.limit > now, setrlimit(resource, &system) != 0 {
            plan = Self(connections: limits.maximum, limit: now, most: now)
        }
        var limits = limits
        if plan.connections < limits.maximum {
            logger.warning(
                "There is room for fewer connections than --max-connections says. Raise the limit of open files.",
                metadata: ["connections": "\(plan.connections)", "open_files": "\(plan.limit)"])
        }
        if plan.limit < Self.few {
            logger.warning(
                "There are so few open files that engines may not start. Raise their limit: ulimit -n.",
                metadata: ["open_files": "\(plan.limit)"])
        }
        limits.maximum = plan.connections
        return limits
    }

    #if canImport(Darwin)
        private static let resource = RLIMIT_NOFILE
    #else
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
}
