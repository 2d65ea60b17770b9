import Foundation

/// How much memory this process could have at most: that of the machine, or of the control group it is in.
public enum MachineMemory {
    /// In bytes.
    public static var available: Int {
        let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let limits = limitFiles(of: groups).compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }
        return limits.compactMap(limit).reduce(machine, min)
    }

    /// Where the limits of a process stand: its control group's and those of all groups around it.
    ///
    /// - Parameter groups: `/proc/self/cgroup` (cgroups(7)): lines `number:controllers:path`.
    /// - Returns: Paths of files that need not exist.
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
        Int(text.trimmingCharacters(in: .whitespacesAndNewlines)).flatMap { $0 > 0 ? $0 : nil }
    }
}
