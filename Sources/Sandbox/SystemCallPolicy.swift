#if os(Linux)
    import CProcess
    import Foundation

    /// What an engine may not ask of the kernel: a list of what is refused, since what ONNX Runtime and drivers of
    /// accelerators ask for differs from version to version, and a call that is missing from a list of the allowed ends
    /// somebody's service.
    ///
    /// It answers on a socket that it makes and reads files. It starts no program, connects to nobody, changes no file,
    /// and reaches no other process.
    struct SystemCallPolicy: Sendable {
        /// The engine's own process id.
        let process: Int32
        /// Whether files may be opened for writing: drivers open their devices so. (None may be created or grow.)
        let opensDevices: Bool

        /// The program for the kernel; `nil` on a processor whose calls are not known here.
        var filter: SystemCallFilter? {
            #if arch(x86_64)
                // The interface with 32-bit pointers (x32) has the same numbers with this bit.
                let architecture: (name: UInt32, foreign: UInt32) = (0xC000_003E, 0x4000_0000)
            #elseif arch(arm64)
                let architecture: (name: UInt32, foreign: UInt32) = (0xC000_00B7, .max)
            #else
                return nil
            #endif
            #if arch(x86_64) || arch(arm64)
                return SystemCallFilter(
                    architecture: architecture.name, foreignNumbers: architecture.foreign,
                    newestKnown: Self.newestKnown, unknownError: UInt16(ENOSYS), rules: rules)
            #endif
        }

        /// mseal(2), Linux 6.10; both processors share the numbers above 424.
        private static let newestKnown: UInt32 = 462

        private var rules: [SystemCallRule] {
            let never = Self.programs + Self.network + Self.processes + Self.files + Self.machine
            return never.map { SystemCallRule(number: UInt32($0), error: UInt16(EPERM)) }
                + Self.unavailable.map { SystemCallRule(number: UInt32($0), error: UInt16(ENOSYS)) } + conditional
        }

        private var conditional: [SystemCallRule] {
            let own: [UInt32] = [UInt32(bitPattern: process)]
            let unixStreams: [SystemCallRule.Check] = [
                .argument(0, isOneOf: [UInt32(AF_UNIX)]),
                .argument(1, mask: 0xF, isOneOf: [UInt32(SOCK_STREAM.rawValue)]),  // above are flags
            ]
            let isThread: UInt32 = 0x1_0000  // linux/sched.h, CLONE_THREAD
            var rules: [(Int32, [SystemCallRule.Check])] = [
                (__NR_socket, unixStreams), (__NR_socketpair, unixStreams),
                (__NR_clone, [.argument(0, mask: isThread, isOneOf: [isThread])]),
                (__NR_kill, [.argument(0, isOneOf: own)]), (__NR_tgkill, [.argument(0, isOneOf: own)]),
                (__NR_rt_sigqueueinfo, [.argument(0, isOneOf: own)]),
                (__NR_rt_tgsigqueueinfo, [.argument(0, isOneOf: own)]),
                // Its own limits may be read and stay as they are, also for root.
                (__NR_prlimit64, [.argument(0, isOneOf: [0] + own)] + SystemCallRule.Check.argumentIsNull(2)),
                (__NR_setpriority, [.argument(0, isOneOf: [0]), .argument(1, isOneOf: [0] + own)]),
                (__NR_sched_setaffinity, [.argument(0, isOneOf: [0] + own)]),
                (__NR_sched_setscheduler, [.argument(0, isOneOf: [0] + own)]),
                (__NR_sched_setparam, [.argument(0, isOneOf: [0] + own)]),
                (__NR_sched_setattr, [.argument(0, isOneOf: [0] + own)]),
                // The engine's end with its parent stays as it is.
                (__NR_prctl, [.argument(0, isNoneOf: [UInt32(PR_SET_PDEATHSIG)])]),
                // A terminal is not to be typed into, and no signal sent by way of a descriptor's owner.
                (__NR_ioctl, [.argument(1, isNoneOf: [Self.typeInto, Self.consoleCommand, Self.owner, Self.group])]),
                (__NR_fcntl, [.argument(1, isNoneOf: [UInt32(F_SETOWN), Self.setSignal, Self.setOwnerOfKind])]),
                (__NR_openat, [openFlags(argument: 2)]),
            ]
            #if arch(x86_64)
                rules.append((__NR_open, [openFlags(argument: 1)]))
            #endif
            return rules.map { SystemCallRule(number: UInt32($0), error: UInt16(EPERM), checks: $1) }
        }

        private func openFlags(argument: Int) -> SystemCallRule.Check {
            let changes = O_CREAT | O_TRUNC | (opensDevices ? 0 : O_ACCMODE)
            return .argument(argument, mask: UInt32(changes), isOneOf: [UInt32(O_RDONLY)])
        }

        // asm-generic/ioctls.h: TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP.
        private static let (typeInto, consoleCommand): (UInt32, UInt32) = (0x5412, 0x541C)
        private static let (owner, group): (UInt32, UInt32) = (0x8901, 0x8902)
        // asm-generic/fcntl.h: F_SETSIG, F_SETOWN_EX.
        private static let (setSignal, setOwnerOfKind): (UInt32, UInt32) = (10, 15)
    }
#endif
