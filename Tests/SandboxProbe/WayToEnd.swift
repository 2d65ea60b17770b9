#if os(Linux)
    import Foundation

    /// A way to end the process.
    enum WayToEnd: String {
        /// A system call of the x32 ABI, which is marked by a bit of its own.
        case x32
        /// A system call of the 32-bit ABI.
        case int80
        case abort
        case trap

        /// `mov eax, 20; int 0x80; ret`: getpid by its 32-bit number. Created before the sandbox is entered.
        static var machineCode: (@convention(c) () -> Void)? {
            let bytes: [UInt8] = [0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]
            let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let memory, memory != MAP_FAILED else { return nil }
            memory.copyMemory(from: bytes, byteCount: bytes.count)
            return unsafeBitCast(memory, to: (@convention(c) () -> Void).self)
        }

        func take(_ machineCode: (@convention(c) () -> Void)?) {
            switch self {
            case .x32: _ = call(0x4000_0000 | 39)
            case .int80: machineCode?()
            case .abort: Foundation.abort()
            case .trap: fatalError("as it has to")
            }
        }
    }
#endif
