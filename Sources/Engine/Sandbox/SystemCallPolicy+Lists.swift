#if os(Linux)
    /// Calls by name. Some processors lack some: arm64 has no calls that newer ones replace.
    extension SystemCallPolicy {
        // MARK: Allowed for every job

        static let memory = ["brk", "madvise", "mincore", "mmap", "mprotect", "mremap", "munmap"]

        static let threads = [
            "exit", "exit_group", "futex", "get_robust_list", "getcpu", "gettid", "restart_syscall", "rseq",
            "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
            "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getparam",
            "sched_getscheduler", "sched_yield", "set_robust_list", "set_tid_address", "sigaltstack",
        ]

        static let time = [
            "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "time", "timerfd_create",
            "timerfd_gettime", "timerfd_settime", "times",
        ]

        /// Information about the process and its machine. ONNX Runtime enables wide registers with `arch_prctl`.
        static let itself = [
            "arch_prctl", "getegid", "geteuid", "getgid", "getpgid", "getpgrp", "getpid", "getppid", "getpriority",
            "getrandom", "getrlimit", "getrusage", "getuid", "sysinfo", "uname",
        ]

        /// Use of open descriptors, including sockets.
        static let descriptors = [
            "close", "close_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait",
            "epoll_pwait2", "epoll_wait", "eventfd", "eventfd2", "fstat", "getpeername", "getsockname",
            "lseek", "newfstatat", "pipe", "pipe2", "poll", "ppoll", "pread64", "preadv", "pselect6", "read", "readv",
            "recvfrom", "recvmsg", "select", "shutdown", "write", "writev",
        ]

        // MARK: Allowed for some jobs

        static let lookingAtFiles = [
            "access", "faccessat", "faccessat2", "fadvise64", "fstatfs", "getcwd", "getdents", "getdents64", "lstat",
            "readlink", "readlinkat", "stat", "statfs", "statx",
        ]

        /// Memory placement, locked memory, and memory with a descriptor.
        static let drivers = [
            "flock", "get_mempolicy", "mbind", "membarrier", "memfd_create", "mlock", "mlock2", "msync", "munlock",
            "set_mempolicy",
        ]

        // MARK: Refused, although every kernel has them

        static let refused = programs + sockets + files + processes

        private static let programs = ["execve", "execveat", "fork", "vfork"]

        private static let sockets = [
            "accept", "accept4", "bind", "connect", "listen", "sendmsg", "socket", "socketpair",
        ]

        private static let files = [
            "chmod", "chown", "creat", "fallocate", "fchmod", "fchmodat", "fchown", "fchownat", "fremovexattr",
            "fsetxattr", "ftruncate", "futimesat", "lchown", "link", "linkat", "lremovexattr", "lsetxattr", "mkdir",
            "mkdirat", "mknod", "mknodat", "open", "openat", "removexattr", "rename", "renameat", "renameat2", "rmdir",
            "setxattr", "symlink", "symlinkat", "truncate", "unlink", "unlinkat", "utime", "utimensat", "utimes",
        ]

        /// Control of other processes, and changes of identity.
        private static let processes = [
            "ptrace", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "sched_setattr", "sched_setparam", "sched_setscheduler",
            "setfsgid", "setfsuid", "setgid", "setgroups", "setpgid", "setregid", "setresgid", "setresuid", "setreuid",
            "setrlimit", "setsid", "setuid", "tkill",
        ]
    }
#endif
