import Essentials

/// The privileges that an engine process drops irrevocably before it reads untrusted data; SECURITY.md explains them.
public struct EngineSandbox: Sendable {
    /// The job of the process, which decides what it may do.
    public enum Job: Hashable, Sendable {
        /// Loads a model and recognises recordings: opens files for reading.
        ///
        /// - Parameter opensDevices: Whether an accelerator's driver is used, which opens its devices for writing.
        case recognise(opensDevices: Bool)
        /// Reads an archive from an open descriptor: opens nothing.
        case unpack
        /// Reads a microphone whose stream has been started: opens nothing, but keeps using the sound device.
        case listen
    }

    /// The job of the process.
    public var job: Job
    /// The most bytes of data it may allocate.
    public var memory: Int

    /// Makes a sandbox; `enter` applies it.
    ///
    /// - Parameters:
    ///   - job: The job of the process.
    ///   - memory: The most bytes of data; `nil` for what the machine or the control group has.
    public init(for job: Job, memory: Int?) {
        self.job = job
        self.memory = memory ?? MachineMemory.available
    }

    /// Enters the sandbox with all threads of this process.
    ///
    /// - Returns: The protections that this system does not have or grant, as phrases; the process continues without
    ///   them.
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
