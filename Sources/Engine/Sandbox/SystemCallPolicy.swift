#if os(Linux)
    import Essentials

    /// What an engine may ask of the kernel: a list of what is allowed for each job. The rest does not exist for it.
    ///
    /// An unlisted call answers `ENOSYS`, as by a kernel that does not have it, so that libraries take an older call or
    /// do without. Calls that every kernel has answer `EPERM` (`refused`): nobody has another way to start a program or
    /// to write a file, and "Function not implemented" in a log would send its reader to look at the kernel.
    ///
    /// CONTRIBUTING.md says how to find a call that is missing.
    struct SystemCallPolicy: Sendable {
        /// What some jobs need beyond what all do.
        enum Permission: Sendable {
            /// Opens files to read them.
            case readsFiles
            /// Opens devices for writing and drives them.
            case opensDevices
            /// Goes on with a sound device that is open.
            case usesSoundDevices
        }

        let permissions: Set<Permission>
        /// The engine's own process id.
        let process: Int32

        init(for job: EngineSandbox.Job, process: Int32) {
            permissions =
                switch job {
                case .recognise(opensDevices: false): [.readsFiles]
                case .recognise(opensDevices: true): [.readsFiles, .opensDevices]
                case .unpack: []
                case .listen: [.usesSoundDevices]
                }
            self.process = process
        }

        /// All rules. No call is both refused whatever its arguments and allowed.
        var rules: [SystemCallRule] {
            var rules = SystemCallRule.allow(Self.memory + Self.threads + Self.time + Self.itself + Self.descriptors)
            rules += conditional
            if permissions.contains(.readsFiles) { rules += reading }
            if permissions.contains(.opensDevices) { rules += Self.driving }
            if permissions.contains(.usesSoundDevices) { rules += Self.hearing }
            let known = Set(rules.map(\.call))
            return rules + SystemCallRule.refuse(Self.refused.filter { !known.contains($0) })
        }

        private var conditional: [SystemCallRule] {
            let own = UInt64(process)
            return [
                SystemCallRule.allow("clone", if: .flags(0, has: Self.isThread, lacks: Self.isNoPlainThread)),
                SystemCallRule.allow("kill", if: .argument(0, is: own)),
                SystemCallRule.allow("tgkill", if: .argument(0, is: own)),
                // 0 is the calling thread. By the id of a thread one could reach others' threads as well.
                SystemCallRule.allow("setpriority", if: .argument(0, is: 0), .argument(1, is: 0)),
                SystemCallRule.allow("sched_setaffinity", if: .argument(0, is: 0)),
                // Its limits may be read and stay as they are, also for root.
                SystemCallRule.allow("prlimit64", if: .argument(0, is: 0), .argument(2, is: 0)),
                // TCP connects by them too, if told where to (tcp(7), MSG_FASTOPEN).
                SystemCallRule.allow("sendto", if: .flags(3, lacks: Self.connects), .argument(4, is: 0)),
                // From 76 on they hand out descriptors for other processes (asm-generic/socket.h: SO_PASSPIDFD, SO_PEERPIDFD).
                SystemCallRule.allow("getsockopt", if: .below(2, 76)),
                SystemCallRule.allow("setsockopt", if: .below(2, 76)),
                SystemCallRule.allow("prctl", command: 0, Self.processCommands),
                SystemCallRule.allow("fcntl", command: 1, Self.descriptorCommands),
                SystemCallRule.allow("ioctl", command: 1, Self.deviceCommands),
            ].flatMap(\.self)
        }

        private var reading: [SystemCallRule] {
            // Of flags with several bits each bit is refused. O_TMPFILE is one bit and O_DIRECTORY.
            let temporaryFile = 0x40_0000
            let writing = Int(permissions.contains(.opensDevices) ? 0 : O_ACCMODE)
            let changing = UInt64(writing | Int(O_CREAT) | Int(O_TRUNC) | temporaryFile | Self.path)
            return SystemCallRule.allow(Self.lookingAtFiles)
                + SystemCallRule.allow("open", if: .flags(1, lacks: changing))
                + SystemCallRule.allow("openat", if: .flags(2, lacks: changing))
        }
    }

    // Numbers of the kernel's interface that Swift does not import, or not everywhere.
    extension SystemCallPolicy {
        /// fcntl.h: O_PATH.
        private static let path = 0x20_0000

        /// linux/sched.h: CLONE_THREAD.
        private static let isThread: UInt64 = 0x1_0000
        /// linux/sched.h: CLONE_VFORK, and CLONE_NEWNS, …CGROUP, …UTS, …IPC, …USER, …PID and …NET.
        private static let isNoPlainThread: UInt64 = 0x4000 | 0x2_0000 | 0x7E00_0000

        /// linux/socket.h: MSG_FASTOPEN.
        private static let connects: UInt64 = 0x2000_0000

        /// linux/prctl.h: PR_SET_NAME, PR_GET_NAME, and PR_SET_VMA, by which heaps name their memory.
        private static let processCommands: [UInt64] = [15, 16, 0x5356_4D41]

        /// linux/fcntl.h: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS. Not
        /// those that send signals by way of a descriptor's owner, nor locks and leases, which hold up others.
        private static let descriptorCommands: [UInt64] = [0, 1, 2, 3, 4, 1030, 1032, 1034]

        /// asm-generic/ioctls.h: TCGETS and TCGETS2 (isatty), TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
        private static let deviceCommands: [UInt64] = [0x5401, 0x802C_542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451]

        /// The byte of a device command that tells whose it is (ioctl(2)).
        private static let commandKind: UInt64 = 0xFF00

        private static func kinds(_ letters: String) -> [UInt64] { letters.utf8.map { UInt64($0) << 8 } }

        /// NVIDIA's `F` and bare numbers, DRM's `d`, AMD's `K`, Habana's `H`, shared buffers' `b` and fences' `>`.
        static let driving =
            SystemCallRule.allow("ioctl", command: 1, mask: commandKind, [0] + kinds("FdKHb>"))
            + SystemCallRule.allow(drivers)

        /// sound/asound.h: all of a PCM stream's (`A`) and a mixer's (`U`), and a timer's START, STOP, CONTINUE and PAUSE;
        /// `T` is also the terminals' letter. libpulse sends messages. Those may carry descriptors, of which a user may have
        /// so many on the way; an engine with a server beside it could use them all up.
        static let hearing =
            SystemCallRule.allow("sendmsg", if: .flags(2, lacks: connects))
            + SystemCallRule.allow("ioctl", command: 1, mask: commandKind, kinds("AU"))
            + SystemCallRule.allow("ioctl", command: 1, [0x54A0, 0x54A1, 0x54A2, 0x54A3])
    }
#endif
