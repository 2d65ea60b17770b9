import Essentials

/// Reads the memory use of processes.
public enum ProcessMemory {
    /// The resident bytes of a process, shared libraries included; `nil` if the system does not report them.
    ///
    /// - Parameter process: Its id.
    /// - Returns: Bytes.
    public static func resident(of process: Int32) -> Int? {
        #if os(Linux)
            // proc(5), /proc/pid/statm: the second number is the resident set in pages.
            guard let line = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return nil }
            let fields = line.split(separator: " ")
            return fields.count > 1 ? Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
        #else
            var info = proc_taskinfo()
            let size = Int32(MemoryLayout<proc_taskinfo>.size)
            guard proc_pidinfo(process, PROC_PIDTASKINFO, 0, &info, size) == size else { return nil }
            return Int(info.pti_resident_size)
        #endif
    }
}
