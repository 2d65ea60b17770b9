package import Essentials
package import SpeechTypes

package enum EngineStatus: Sendable, Equatable {
    /// No process.
    case unloaded
    /// Starting, or loading the model.
    case loading
    case loaded
    /// The model cannot be loaded, and why.
    case failed(reason: String)
}

/// The state of one engine, for `GET /v1/ps` and the metrics.
package struct EngineReport: Sendable {
    package let model: String
    package let status: EngineStatus
    /// The engine's process id; `nil` while it has no process.
    package let process: Int32?
    /// The engine's resident memory in bytes; `nil` while it has no process.
    package let memory: Int?
    /// The requests that the engine was given and that have not ended.
    package let requests: Int
    /// The requests whose clients left before the answer, since the engine's first use.
    package let abandoned: Int
    /// When the engine became idle: at its last request's end, or when loaded if later. `nil` while it has requests.
    package let idleSince: Date?
    /// Whether the engine ends with its last request, because its model was changed or removed.
    package let isEnding: Bool
    /// When the engine ends if no request comes; `nil` while it has requests, loads or ends, and if it stays loaded.
    package internal(set) var expires: Date?
    /// The state of its decode lanes; `nil` if the engine was not asked, or did not answer in time.
    package internal(set) var lanes: LaneLoad?
}

package enum ProcessMemory {
    /// The resident bytes of a process, shared libraries included; `nil` if the system does not report them.
    package static func resident(of process: Int32) -> Int? {
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
