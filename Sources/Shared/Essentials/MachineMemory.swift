/// The memory that this process may use: the machine's, or that of its control group.
package enum MachineMemory {
    /// The limit in bytes.
    package static var available: Int {
        let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let limits = limitFiles(of: groups).compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }
        return limits.compactMap(limit).reduce(machine, min)
    }

    /// The memory that another process could use now, in bytes; `.max` if the system does not report it. The smallest
    /// of the machine's and the control groups' free memory counts.
    package static var free: Int {
        func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
        // proc(5): the memory available without swapping, in KiB.
        let machine = read("/proc/meminfo").flatMap { number(after: "MemAvailable:", in: $0) }.map { $0 << 10 } ?? .max
        return limitFiles(of: read("/proc/self/cgroup") ?? "").reduce(machine) { least, file in
            let isOld = file.hasSuffix("limit_in_bytes")
            let folder = file.split(separator: "/").dropLast().joined(separator: "/")
            guard let most = read(file).flatMap(limit),
                let used = read("/\(folder)/\(isOld ? "memory.usage_in_bytes" : "memory.current")").flatMap(limit)
            else { return least }
            // The page cache is released on demand.
            let table = read("/\(folder)/memory.stat") ?? ""
            let files = number(after: isOld ? "total_inactive_file" : "inactive_file", in: table) ?? 0
            return min(least, max(0, most - max(0, used - files)))
        }
    }

    /// The number after a word at the beginning of a line.
    static func number(after word: String, in table: String) -> Int? {
        let line = table.split(separator: "\n").map { $0.split(separator: " ") }.first {
            $0.first.map(String.init) == word
        }
        return line?.dropFirst().first.flatMap { Int($0) }
    }

    /// The files, which may not exist, with the memory limits of the control group in `/proc/self/cgroup` (cgroups(7):
    /// lines `number:controllers:path`) and of all groups above.
    static func limitFiles(of groups: String) -> [String] {
        groups.split(separator: "\n").flatMap { line -> [String] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let (root, file): (String, String)
            if fields[0] == "0", fields[1].isEmpty {
                (root, file) = ("/sys/fs/cgroup", "memory.max")
            } else if fields[1].split(separator: ",").contains("memory") {
                (root, file) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            } else {
                return []
            }
            var folders = [root]
            for name in fields[2].split(separator: "/") { folders.append("\(folders.last ?? root)/\(name)") }
            return folders.map { "\($0)/\(file)" }
        }
    }

    /// The number in such a file; `nil` for `max`.
    static func limit(_ text: String) -> Int? {
        Int(text.split(whereSeparator: \.isWhitespace).first ?? "").flatMap { $0 > 0 ? $0 : nil }
    }
}
