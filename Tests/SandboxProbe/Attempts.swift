#if os(Linux)
    import CProcess
    import Foundation

    /// Things to try in a sandbox. What they need from outside of it is opened when the value is made.
    struct Attempts: Sendable {
        let port: UInt16
        let folder: String
        private let internetSocket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        private let openFile: Int32

        init(port: UInt16, folder: String) {
            self.port = port
            self.folder = folder
            openFile = open("\(folder)/file", O_WRONLY)
        }

        /// By name; each gives 0, or the number of its error.
        var all: KeyValuePairs<String, @Sendable () -> Int32> {
            [
                "internet socket": { failure(of: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) },
                "connect": connect,
                "datagram socket": { failure(of: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)) },
                "connect to a Unix socket": connectLocally,
                "rings": { failure(of: call(__NR_io_uring_setup, 8)) },
                "spawn": spawn,
                "fork": { failure(of: call(__NR_clone, UInt(SIGCHLD))) },
                "exec": exec,
                "signal to the parent": { failure(of: kill(getppid(), 0)) },
                "trace the parent": { failure(of: call(__NR_ptrace, 16, UInt(getppid()))) },
                "make shared memory": { failure(of: call(__NR_shmget, 0, 4096, 0o1600)) },
                "attach shared memory": { failure(of: call(__NR_shmat, 1 << 30, 0, 0)) },
                "look at shared memory": { failure(of: call(__NR_shmctl, 1 << 30, 2, 0)) },
                "make a message queue": { failure(of: call(__NR_msgget, 0, 0o1600)) },
                "send a message": { failure(of: call(__NR_msgsnd, 1 << 30, 0, 0)) },
                "receive a message": { failure(of: call(__NR_msgrcv, 1 << 30, 0, 0)) },
                "make a semaphore": { failure(of: call(__NR_semget, 0, 1, 0o1600)) },
                "change a semaphore": { failure(of: call(__NR_semop, 1 << 30, 0, 0)) },
                "look at a semaphore": { failure(of: call(__NR_semctl, 1 << 30, 0, 0)) },
                "schedule the parent": { failure(of: call(__NR_sched_setscheduler, UInt(getppid()), 0, 0)) },
                "bind the parent to a core": { failure(of: call(__NR_sched_setaffinity, UInt(getppid()), 0, 0)) },
                "new session": { failure(of: setsid()) },
                "outlive the parent": { failure(of: call(__NR_prctl, UInt(PR_SET_PDEATHSIG), 0)) },
                "user namespace": { failure(of: call(__NR_unshare, 0x1000_0000)) },
                "open for writing": { failure(of: open("\(folder)/file", O_RDWR)) },
                "truncate": { failure(of: open("\(folder)/file", O_RDONLY | O_TRUNC)) },
                "create": { failure(of: open("\(folder)/new", O_RDONLY | O_CREAT, 0o600)) },
                "remove": { failure(of: unlink("\(folder)/file")) },
                "rename": { failure(of: rename("\(folder)/file", "\(folder)/new")) },
                "make a folder": { failure(of: mkdir("\(folder)/new", 0o700)) },
                "write to a file that was open": { failure(of: write(openFile, "x", 1)) },
                "change a limit": changeLimit,
                "take more memory than the limit": { takeMemory(2 << 30) },
                "take memory": { takeMemory(256 << 20) },
                "read": { failure(of: open("\(folder)/file", O_RDONLY)) },
                "listen": listenLocally,
                "start a thread": startThread,
                "signal to itself": { failure(of: kill(getpid(), 0)) },
            ]
        }

        /// Connects a socket from before the sandbox.
        var connect: @Sendable () -> Int32 {
            {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
                let size = socklen_t(MemoryLayout<sockaddr_in>.size)
                return withGeneric(&address) { failure(of: Glibc.connect(internetSocket, $0, size)) }
            }
        }

        @Sendable private func connectLocally() -> Int32 {
            withLocalSocket("nobody") { Glibc.connect($0, $1, $2) }
        }

        @Sendable private func listenLocally() -> Int32 {
            withLocalSocket("socket") { bind($0, $1, $2) == 0 ? listen($0, 1) : -1 }
        }

        @Sendable private func spawn() -> Int32 {
            var child = pid_t()
            return withArguments { posix_spawn(&child, "/bin/true", nil, nil, $0, nil) }
        }

        @Sendable private func exec() -> Int32 {
            withArguments { failure(of: execv("/bin/true", $0)) }
        }

        @Sendable private func changeLimit() -> Int32 {
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            return failure(of: setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit))
        }

        @Sendable private func startThread() -> Int32 {
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { _ in nil }, nil)
            if status == 0 { pthread_join(thread, nil) }
            return status
        }
    }

    private func takeMemory(_ bytes: Int) -> Int32 {
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return memory == MAP_FAILED ? errno : failure(of: munmap(memory, bytes))
    }

    private func withLocalSocket(
        _ name: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(CommandLine.arguments[2])/\(name)".utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withGeneric(&address) { failure(of: use(descriptor, $0, size)) }
    }

    private func withGeneric<Address>(_ address: inout Address, _ use: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
        withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, use) }
    }

    private func withArguments(_ use: ([UnsafeMutablePointer<CChar>?]) -> Int32) -> Int32 {
        let name = strdup("/bin/true")
        defer { free(name) }
        return use([name, nil])
    }

    private func call(_ number: Int32, _ first: UInt = 0, _ second: UInt = 0, _ third: UInt = 0) -> Int32 {
        Int32(truncatingIfNeeded: asr_system_call(Int(number), first, second, third, 0, 0, 0))
    }

    private func failure(of status: some SignedInteger) -> Int32 { status < 0 ? errno : 0 }

    /// `done`, or the error's name where one is foreseen here, else its number.
    func outcome(of attempt: @Sendable () -> Int32) -> String {
        switch attempt() {
        case 0: "done"
        case EPERM: "EPERM"
        case EFBIG: "EFBIG"
        case ENOMEM: "ENOMEM"
        case let number: "error \(number)"
        }
    }
#endif
