import Essentials

/// The privileges that an engine process drops irrevocably before it reads untrusted data; SECURITY.md explains them.
package struct EngineSandbox: Sendable {
    package enum Job: Hashable, Sendable {
        /// Loads a model and recognises recordings: opens files for reading. An accelerator's driver opens its devices
        /// for writing.
        case recognise(opensDevices: Bool)
        /// Reads an archive from an open descriptor: opens nothing.
        case unpack
        /// Reads a microphone whose stream has been started: opens nothing, but keeps using the sound device.
        case listen
    }

    private let job: Job
    private let memory: Int

    /// - Parameters:
    ///   - job: The job of the process.
    ///   - memory: The most bytes of data; `nil` for what the machine or the control group has.
    package init(for job: Job, memory: Int?) {
        self.job = job
        self.memory = memory ?? MachineMemory.available
    }

    /// Enters the sandbox with all threads of this process. Returns the protections that this system does not have or
    /// grant, as phrases; the process continues without them.
    package func enter() -> [String] { ResourceLimits(memory: memory).apply() + limitCalls() }

    private func limitCalls() -> [String] {
        #if os(Linux)
            do throws(POSIXError) {
                try SystemCallFilter(SystemCallPolicy(job: job, process: getpid()).rules).install()
            } catch {
                return ["a filter of system calls (\(SystemReason.words(for: error)))"]
            }
        #endif
        return []
    }
}
