#if os(Linux)
    import Foundation
    import TestSupport

    /// A test's own control group with a memory limit (cgroups(7), both versions); removed with the object.
    final class MemoryGroup: Sendable {
        private let folder: String
        private let limitFile, usageFile, eventFile: String

        /// Creates a group below our own.
        ///
        /// - Throws: `NeverHappened` if that is not permitted.
        init() throws {
            let groups = try String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8).split(separator: "\n")
            let name = "asr2clip-test-\(UUID().uuidString.prefix(8))"
            if let own = groups.first(where: { $0.contains(":memory:") })?.split(separator: ":").last {
                folder = "/sys/fs/cgroup/memory\(own)/\(name)"
                (limitFile, usageFile, eventFile) = (
                    "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.oom_control"
                )
            } else {
                let own = groups.first { $0.hasPrefix("0::") }?.dropFirst(3) ?? "/"
                folder = "/sys/fs/cgroup\(own)/\(name)"
                (limitFile, usageFile, eventFile) = ("memory.max", "memory.current", "memory.events")
            }
            guard mkdir(folder, 0o755) == 0, FileManager.default.isWritableFile(atPath: "\(folder)/\(limitFile)") else {
                rmdir(folder)
                throw NeverHappened("a control group \(folder) with memory to bound")
            }
        }

        deinit {
            // Fails while its last process is being removed.
            for _ in 0..<100 where rmdir(folder) != 0 && errno == EBUSY { usleep(50_000) }
        }

        /// Whether such a group can be created here.
        static var isAvailable: Bool { (try? MemoryGroup()) != nil }

        /// Adds a process; processes that it starts later belong to the group as well.
        func add(_ process: Int32) throws {
            try write("\(process)", to: "cgroup.procs")
        }

        /// Lowers the limit to the memory in use, after the kernel has reclaimed what it can.
        func close() async throws {
            // Fails if the group uses more by then.
            try await eventually("the group is closed") { (try? write(read(usageFile), to: limitFile)) != nil }
        }

        /// Removes the limit.
        func open() throws {
            try write(limitFile == "memory.max" ? "max" : "-1", to: limitFile)
        }

        /// The number of its processes that the kernel has killed for lack of memory.
        func kills() throws -> Int {
            let line = try read(eventFile).split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
            return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }

        private func read(_ file: String) throws -> String {
            try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
        }

        private func write(_ text: String, to file: String) throws {
            let handle = try FileHandle(forWritingTo: URL(filePath: "\(folder)/\(file)"))
            try handle.write(contentsOf: Data(text.trimmingCharacters(in: .newlines).utf8))
        }
    }
#endif
