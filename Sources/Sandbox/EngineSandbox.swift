#if os(Linux)
    import CProcess
#endif
import Foundation

/// What an engine process gives up before it reads a model or a recording, for good: SECURITY.md tells what and why.
public struct EngineSandbox: Sendable {
    /// The most bytes of memory it may have for data.
    public var memory: Int
    /// Whether it has to open devices, as drivers of accelerators do.
    public var opensDevices: Bool

    /// Describes a sandbox.
    ///
    /// - Parameters:
    ///   - memory: The most bytes of memory for data; `nil` for what the machine or the control group has.
    ///   - opensDevices: Whether files may be opened for writing, which drivers of accelerators do with their devices.
    public init(memory: Int?, opensDevices: Bool) {
        self.memory = memory ?? MachineMemory.available
        self.opensDevices = opensDevices
    }

    /// Enters the sandbox with all threads of this process.
    ///
    /// - Returns: What this system does not have or does not grant, in words; the process goes on without it.
    public func enter() -> [String] {
        let missing = ResourceLimits(memory: memory).apply()
        #if os(Linux)
            return missing + limitCalls()
        #else
            return missing
        #endif
    }

    #if os(Linux)
        private func limitCalls() -> [String] {
            // A process may filter its own calls if it can gain no privileges by them.
            guard asr_set_no_new_privileges() == 0 else {
                return ["a promise to gain no privileges (\(String(cString: strerror(errno)))), nor a filter of calls"]
            }
            guard let filter = SystemCallPolicy(process: getpid(), opensDevices: opensDevices).filter else {
                return ["a filter of system calls (this processor is not known)"]
            }
            do throws(POSIXError) {
                try filter.install()
                return []
            } catch {
                return ["a filter of system calls (\(String(cString: strerror(error.code.rawValue))))"]
            }
        }
    #endif
}
