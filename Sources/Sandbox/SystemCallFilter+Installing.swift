#if os(Linux)
    import CProcess
    import Foundation

    extension SystemCallFilter {
        /// Puts all threads of this process under the filter, those that run already among them, for good.
        ///
        /// - Throws: What the system says: `ENOSYS` or `EINVAL` from a kernel without seccomp, `EPERM` or `EACCES` where
        ///   gaining privileges has not been given up first.
        func install() throws(POSIXError) {
            // linux/seccomp.h: SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC.
            let setFilter: UInt = 1
            let onAllThreads: UInt = 1
            var program = program.map {
                sock_filter(code: $0.code, jt: $0.jumpIfTrue, jf: $0.jumpIfFalse, k: $0.operand)
            }
            let status = program.withUnsafeMutableBufferPointer { instructions in
                var description = sock_fprog(len: UInt16(instructions.count), filter: instructions.baseAddress)
                return withUnsafePointer(to: &description) {
                    asr_system_call(Int(__NR_seccomp), setFilter, onAllThreads, UInt(bitPattern: $0), 0, 0, 0)
                }
            }
            // A positive status is the id of a thread that could not be put under it.
            if status < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL) }
            if status > 0 { throw POSIXError(.EAGAIN) }
        }
    }
#endif
