import Essentials

/// What an engine process gives up before it reads anything of a stranger's, for good: SECURITY.md tells what and why.
public struct EngineSandbox: Sendable {
    /// What the process is for. Each job is allowed what it needs and no more.
    public enum Job: Hashable, Sendable {
        /// Loads a model and recognises recordings: opens files to read them.
        ///
        /// - Parameter opensDevices: Whether a driver of an accelerator is used, which opens its devices for writing.
        case recognise(opensDevices: Bool)
        /// Reads an archive from a descriptor that is open: opens nothing.
        case unpack
        /// Reads a microphone whose stream has been started: opens nothing, and goes on using the sound device.
        case listen
    }

    /// What the process is for.
    public var job: Job
    /// The most bytes of memory it may have for data.
    public var memory: Int

    /// Describes a sandbox.
    ///
    /// - Parameters:
    ///   - job: What the process is for.
    ///   - memory: The most bytes of memory for data; `nil` for what the machine or the control group has.
    public init(for job: Job, memory: Int?) {
        self.job = job
        self.memory = memory ?? MachineMemory.available
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
            do throws(POSIXError) {
                try SystemCallFilter(SystemCallPolicy(for: job, process: getpid()).rules).install()
                return []
            } catch {
                return ["a filter of system calls (\(SystemReason.words(for: error)))"]
            }
        }
    #endif
}
