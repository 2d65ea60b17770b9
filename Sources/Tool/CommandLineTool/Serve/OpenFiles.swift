import APIServer
import Essentials
import Logging

/// The limit of open files of this process, and the number of connections that it allows.
struct OpenFiles: Equatable {
    let limit: Int
    let connections: Int

    /// Files per connection: the connection itself, its upload, and a connection to an engine.
    private static let each = 3
    /// For everything else: registry, libraries, engines' pipes, downloads, connections that are about to be rejected.
    private static let rest = 320
    /// Below this limit, a warning is logged: a server with one engine and a few connections has about 40 files open.
    private static let few = 64

    /// Plans for this many connections, with a limit between the current one and the maximum.
    init(connections: Int, limit: Int, most: Int) {
        let wanted = connections.multipliedClamped(by: Self.each).addingClamped(Self.rest)
        self.limit = min(max(limit, wanted), most)
        self.connections = min(connections, max(1, (self.limit - Self.rest) / Self.each))
    }

    /// Raises the process's limit of open files to what the connections need, or reduces the number of connections.
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
