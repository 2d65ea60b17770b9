import Foundation

/// The processes of this machine, as /proc tells of them.
public enum ProcessTable {
    /// The processes that a process started and that still run.
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

    /// How much computing a process has done: hundredths of seconds; `nil` when it is gone.
    public static func work(of pid: Int32) -> Int? { stat(pid)?.work }

    /// The most bytes of memory a process has had so far (proc(5), /proc/pid/status, VmHWM); `nil` when it is gone.
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

    private static func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
