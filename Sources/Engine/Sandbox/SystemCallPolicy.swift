#if os(Linux)
    import Essentials

    /// The system calls that an engine may make: an allow list for each job.
    ///
    /// An unlisted call fails with `ENOSYS`, as on a kernel without it, so libraries fall back to an older call or do
    /// without. Calls that every kernel has fail with `EPERM` (`refused`): libraries have no fallback for starting a
    /// program or writing a file, and "Function not implemented" in a log would be misleading.
    ///
    /// CONTRIBUTING.md explains how to find a missing call.
    struct SystemCallPolicy: Sendable {
        let job: EngineSandbox.Job
        let process: Int32

        /// All rules. No call is both refused unconditionally and allowed.
        var rules: [SystemCallRule] {
            var rules = SystemCallRule.allow(Self.memory + Self.threads + Self.time + Self.itself + Self.descriptors)
            rules += conditional
            switch job {
            case .recognise(let opensDevices):
                rules += Self.reading(opensDevices: opensDevices)
                if opensDevices { rules += Self.driving }
            case .unpack: break
            case .listen: rules += Self.hearing
            }
            let known = Set(rules.map(\.call))
            return rules + SystemCallRule.refuse(Self.refused.filter { !known.contains($0) })
        }

        private var conditional: [SystemCallRule] {
            let own = UInt64(process)
            return [
                SystemCallRule.allow("clone", if: .flags(0, has: Self.isThread, lacks: Self.isNoPlainThread)),
                SystemCallRule.allow("kill", if: .equal(argument: 0, own)),
                SystemCallRule.allow("tgkill", if: .equal(argument: 0, own)),
                // 0 is the calling thread. With a thread id, other processes' threads could be reached as well.
                SystemCallRule.allow("setpriority", if: .equal(argument: 0, 0), .equal(argument: 1, 0)),
                SystemCallRule.allow("sched_setaffinity", if: .equal(argument: 0, 0)),
                // Limits may be read but not changed, also by root.
                SystemCallRule.allow("prlimit64", if: .equal(argument: 0, 0), .equal(argument: 2, 0)),
                // With an address, these calls open TCP connections (tcp(7), MSG_FASTOPEN).
                SystemCallRule.allow("sendto", if: .flags(3, lacks: Self.connects), .equal(argument: 4, 0)),
                // Options from 76 on return descriptors of other processes (asm-generic/socket.h: SO_PASSPIDFD,
                // SO_PEERPIDFD).
                SystemCallRule.allow("getsockopt", if: .less(argument: 2, 76)),
                SystemCallRule.allow("setsockopt", if: .less(argument: 2, 76)),
                SystemCallRule.allow("prctl", command: 0, Self.processCommands),
                SystemCallRule.allow("fcntl", command: 1, Self.descriptorCommands),
                SystemCallRule.allow("ioctl", command: 1, Self.deviceCommands),
            ].flatMap(\.self)
        }

        private static func reading(opensDevices: Bool) -> [SystemCallRule] {
            // Of flags with several bits, each bit is refused. O_TMPFILE is its own bit plus O_DIRECTORY.
            let temporaryFile = 0x40_0000
            let writing = Int(opensDevices ? 0 : O_ACCMODE)
            let changing = UInt64(writing | Int(O_CREAT) | Int(O_TRUNC) | temporaryFile | path)
            return SystemCallRule.allow(lookingAtFiles)
                + SystemCallRule.allow("open", if: .flags(1, lacks: changing))
                + SystemCallRule.allow("openat", if: .flags(2, lacks: changing))
        }
    }

    // Constants of the kernel's interface that Swift does not import, or not on every system.
    extension SystemCallPolicy {
        /// fcntl.h: O_PATH.
        private static let path = 0x20_0000

        /// linux/sched.h: CLONE_THREAD.
        private static let isThread: UInt64 = 0x1_0000
        /// linux/sched.h: CLONE_VFORK, and CLONE_NEWNS, …CGROUP, …UTS, …IPC, …USER, …PID and …NET.
        private static let isNoPlainThread: UInt64 = 0x4000 | 0x2_0000 | 0x7E00_0000

        /// linux/socket.h: MSG_FASTOPEN.
        private static let connects: UInt64 = 0x2000_0000

        /// linux/prctl.h: PR_SET_NAME, PR_GET_NAME, and PR_SET_VMA, with which heaps name their memory.
        private static let processCommands: [UInt64] = [15, 16, 0x5356_4D41]

        /// linux/fcntl.h: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS. Not
        /// those that send signals to a descriptor's owner, and not locks and leases, which block other processes.
        private static let descriptorCommands: [UInt64] = [0, 1, 2, 3, 4, 1030, 1032, 1034]

        /// asm-generic/ioctls.h: TCGETS and TCGETS2 (isatty), TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
        private static let deviceCommands: [UInt64] = [0x5401, 0x802C_542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451]

        /// The byte of a device command that identifies the driver (ioctl(2)).
        private static let commandKind: UInt64 = 0xFF00

        private static func kinds(_ letters: String) -> [UInt64] { letters.utf8.map { UInt64($0) << 8 } }

        /// NVIDIA's `F` and bare numbers, DRM's `d`, AMD's `K`, Habana's `H`, shared buffers' `b` and fences' `>`.
        static let driving =
            SystemCallRule.allow("ioctl", command: 1, mask: commandKind, [0] + kinds("FdKHb>"))
            + SystemCallRule.allow(drivers)

        /// sound/asound.h: all commands of PCM streams (`A`) and mixers (`U`), and a timer's START, STOP, CONTINUE and
        /// PAUSE; terminals use `T` as well. libpulse needs `sendmsg`. Messages may carry descriptors, of which a user
        /// may have a limited number in flight; an engine beside a server could use them all up.
        static let hearing =
            SystemCallRule.allow("sendmsg", if: .flags(2, lacks: connects))
            + SystemCallRule.allow("ioctl", command: 1, mask: commandKind, kinds("AU"))
            + SystemCallRule.allow("ioctl", command: 1, [0x54A0, 0x54A1, 0x54A2, 0x54A3])
    }
#endif
