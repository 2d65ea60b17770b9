#if os(Linux)
    import Foundation
    import Testing

    @testable import Sandbox

    /// The program that the kernel runs, run here: what it answers to calls that are dangerous to make, and to those of
    /// other processors.
    @Suite struct SystemCallFilterTests {
        private let filter = SystemCallFilter(
            architecture: 7, foreignNumbers: 1 << 30, newestKnown: 400, unknownError: 38,
            rules: [
                SystemCallRule(number: 5, error: 1),
                SystemCallRule(number: 6, error: 38),
                SystemCallRule(
                    number: 8, error: 1,
                    checks: [.argument(0, isOneOf: [1, 2]), .argument(1, mask: 0xF, isOneOf: [3])]),
                SystemCallRule(number: 9, error: 1, checks: [.argument(2, isNoneOf: [10, 11])]),
                SystemCallRule(number: 10, error: 13, checks: SystemCallRule.Check.argumentIsNull(1)),
            ])

        @Test(arguments: [
            (UInt32(4), [UInt64](), UInt32.allowed), (5, [], .refused(1)), (6, [], .refused(38)),
            (8, [1, 3], .allowed), (8, [2, 0x73], .allowed), (8, [3, 3], .refused(1)), (8, [1, 4], .refused(1)),
            (8, [0x1_0000_0001, 3], .allowed),  // an int has no upper half
            (9, [0, 0, 12], .allowed), (9, [0, 0, 10], .refused(1)), (9, [0, 0, 11], .refused(1)),
            (10, [9, 0], .allowed), (10, [0, 1], .refused(13)), (10, [0, 0x1_0000_0000], .refused(13)),
            (400, [], .allowed), (401, [], .refused(38)), (1 << 30, [], SystemCallFilter.Answer.killProcess),
            (.max, [], SystemCallFilter.Answer.killProcess),
        ])
        func answersByNumberAndArguments(number: UInt32, arguments: [UInt64], answer: UInt32) {
            #expect(Machine(number: number, architecture: 7, arguments: arguments).run(filter.program) == answer)
        }

        @Test func endsAProcessThatCallsAsOnAnotherProcessor() {
            let answer = Machine(number: 4, architecture: 8, arguments: []).run(filter.program)
            #expect(answer == SystemCallFilter.Answer.killProcess)
        }

        #if arch(x86_64) || arch(arm64)
            @Test(arguments: [false, true])
            func theEnginesProgramFitsTheKernel(opensDevices: Bool) throws {
                let policy = SystemCallPolicy(process: 4711, opensDevices: opensDevices)
                let program = try #require(policy.filter).program
                #expect(program.count <= 4096)  // linux/bpf_common.h, BPF_MAXINSNS
                #expect(program.last?.operand == SystemCallFilter.Answer.allow)
            }
        #endif

        #if arch(x86_64)
            private static let intel: UInt32 = 0xC000_003E

            /// By the numbers of x86-64's table.
            @Test(arguments: [
                ("read", UInt32(0), [UInt64](), UInt32.allowed), ("write", 1, [], .allowed),
                ("open to read", 2, [0, 0], .allowed), ("open to write", 2, [0, 1], .refused(1)),
                ("openat to read", 257, [0, 0, UInt64(O_RDONLY | O_CLOEXEC)], .allowed),
                ("openat to read and write", 257, [0, 0, 2], .refused(1)),
                ("socket of the internet", 41, [2, 1], .refused(1)), ("socket of Unix", 41, [1, 0x80801], .allowed),
                ("socket for datagrams", 41, [1, 2], .refused(1)), ("connect", 42, [], .refused(1)),
                ("accept4", 288, [], .allowed), ("a thread", 56, [0x3D0F00], .allowed),
                ("a fork", 56, [17], .refused(1)),
                ("clone3", 435, [], .refused(38)), ("fork", 57, [], .refused(1)), ("execve", 59, [], .refused(1)),
                ("kill itself", 62, [4711], .allowed), ("kill another", 62, [1], .refused(1)),
                ("kill all", 62, [0xFFFF_FFFF_FFFF_FFFF], .refused(1)),
                ("ptrace", 101, [], .refused(1)), ("io_uring_setup", 425, [], .refused(1)),
                ("type into a terminal", 16, [0, 0x5412], .refused(1)),
                ("size of a terminal", 16, [0, 0x5413], .allowed),
                ("read own limits", 302, [0, 7, 0], .allowed),
                ("set own limits", 302, [0, 7, 0x7FFF_0000_0000], .refused(1)),
                ("read a limit of another", 302, [1, 7, 0], .refused(1)),
                ("bpf", 321, [], .refused(1)), ("mount", 165, [], .refused(1)), ("unlink", 87, [], .refused(1)),
                ("a call of the future", 463, [], .refused(38)),
                ("x32", 0x4000_0000, [], SystemCallFilter.Answer.killProcess),
            ])
            func theEnginesPolicy(name: String, number: UInt32, arguments: [UInt64], answer: UInt32) throws {
                let program = try #require(SystemCallPolicy(process: 4711, opensDevices: false).filter).program
                let machine = Machine(number: number, architecture: Self.intel, arguments: arguments)
                #expect(machine.run(program) == answer, "\(name)")
            }

            /// A driver's device may be opened for writing; still nothing is created.
            @Test(arguments: [(UInt64(2), UInt32.allowed), (0x42, .refused(1)), (0x200, .refused(1))])
            func anAcceleratorsDevice(flags: UInt64, answer: UInt32) throws {
                let program = try #require(SystemCallPolicy(process: 1, opensDevices: true).filter).program
                let machine = Machine(number: 257, architecture: Self.intel, arguments: [0, 0, flags])
                #expect(machine.run(program) == answer)
            }
        #endif
    }

    extension UInt32 {
        fileprivate static let allowed = SystemCallFilter.Answer.allow

        fileprivate static func refused(_ error: UInt16) -> Self { SystemCallFilter.Answer.error(error) }
    }

    /// As much of the kernel's machine as filters of system calls use: an accumulator, loads, a mask, jumps, returns.
    private struct Machine {
        let number: UInt32
        let architecture: UInt32
        let arguments: [UInt64]

        /// - Returns: The answer, or `nil` for a program that the kernel would not take.
        func run(_ program: [SystemCallFilter.Instruction]) -> UInt32? {
            var accumulator: UInt32 = 0
            var position = 0
            while position < program.count {
                let instruction = program[position]
                position += 1
                switch instruction.code {
                case 0x20: accumulator = word(at: instruction.operand)
                case 0x54: accumulator &= instruction.operand
                case 0x15:
                    let isTrue = accumulator == instruction.operand
                    position += Int(isTrue ? instruction.jumpIfTrue : instruction.jumpIfFalse)
                case 0x35:
                    let isTrue = accumulator >= instruction.operand
                    position += Int(isTrue ? instruction.jumpIfTrue : instruction.jumpIfFalse)
                case 0x06: return instruction.operand
                default: return nil
                }
            }
            return nil
        }

        /// linux/seccomp.h, `struct seccomp_data`.
        private func word(at offset: UInt32) -> UInt32 {
            switch offset {
            case 0: return number
            case 4: return architecture
            default:
                let index = Int(offset - 16) / 8
                let argument = index < arguments.count ? arguments[index] : 0
                return UInt32(truncatingIfNeeded: offset % 8 == 0 ? argument : argument >> 32)
            }
        }
    }
#endif
