import Foundation

/// The processes of this machine, from /proc.
public enum ProcessTable {
    /// The running child processes of a process.
    public static func children(of parent: Int32) -> [Int32] {
        processes().filter { stat($0)?.parent == parent }.sorted()
    }

    /// The processes that have this text in their command line.
    public static func processes(mentioning text: String) -> [Int32] {
        processes().filter { pid in
            guard stat(pid) != nil, let line = contents("/proc/\(pid)/cmdline") else { return false }
            return line.contains(text)
        }
    }

    /// The CPU time of a process in hundredths of seconds; `nil` if it is gone.
    public static func work(of pid: Int32) -> Int? { stat(pid)?.work }

    /// The peak memory of a process in bytes (proc(5), /proc/pid/status, VmHWM); `nil` if it is gone.
    public static func peakMemory(of pid: Int32) -> Int? {
        let line = contents("/proc/\(pid)/status")?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// The files that a process has open, by their paths.
    public static func openFiles(of pid: Int32) -> Set<String> {
        let folder = "/proc/\(pid)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Set(
            descriptors.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") })
    }

    /// A process's soft limit of open files (proc(5), /proc/pid/limits); `nil` if it is gone.
    public static func openFileLimit(of pid: Int32) -> Int? {
        let line = contents("/proc/\(pid)/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
    }

    /// The number of connections that a server on this port of this machine holds, including those that only the client
    /// has closed (proc(5), /proc/net/tcp; states 1 and 8).
    public static func connections(toPort port: Int) -> Int {
        let rows = pages(of: "/proc/net/tcp").split(separator: "\n").dropFirst()
        return rows.count { row in
            let fields = row.split(separator: " ")
            let local = fields.count > 3 ? fields[1].split(separator: ":").last.flatMap { Int($0, radix: 16) } : nil
            return local == port && ["01", "08"].contains(fields[3])
        }
    }

    private static func processes() -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    }

    /// proc(5), /proc/pid/stat: fields 3 (state), 4 (parent), 14 and 15 (time in user and kernel mode).
    private static func stat(_ pid: Int32) -> (parent: Int32, work: Int)? {
        guard let text = contents("/proc/\(pid)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[name...].split(separator: " ")
        guard fields.count > 13, fields[1] != "Z", let parent = Int32(fields[2]), let user = Int(fields[12]),
            let kernel = Int(fields[13])
        else { return nil }
        return (parent, user + kernel)
    }

    /// The whole text of a file below /proc; empty if it does not exist. The kernel delivers it page by page, which
    /// other readers take for its end.
    public static func pages(of path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        var data = Data()
        while let page = try? file.read(upToCount: 1 << 16), !page.isEmpty { data += page }
        return String(decoding: data, as: UTF8.self)
    }

    private static func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
