/// Rules about system calls as a program for the kernel: classic BPF, as seccomp(2) runs it on each call. Does no I/O.
struct SystemCallFilter: Sendable {
    /// An instruction (linux/filter.h, `struct sock_filter`).
    struct Instruction: Equatable, Sendable {
        let code: UInt16
        var jumpIfTrue: UInt8 = 0
        var jumpIfFalse: UInt8 = 0
        let operand: UInt32
    }

    /// The words of the program's answers (linux/seccomp.h).
    enum Answer {
        static let allow: UInt32 = 0x7FFF_0000
        static let killProcess: UInt32 = 0x8000_0000

        static func error(_ number: UInt16) -> UInt32 { 0x0005_0000 | UInt32(number) }
    }

    /// The processor whose calls the numbers are (linux/audit.h, AUDIT_ARCH_…).
    let architecture: UInt32
    /// Calls from this number on belong to another interface of the same processor and end the process.
    let foreignNumbers: UInt32
    /// Calls above this number are unknown to whoever wrote the rules; they are answered as by an older kernel.
    let newestKnown: UInt32
    /// What an unknown call is answered.
    let unknownError: UInt16
    let rules: [SystemCallRule]

    /// The program. Each rule is a stretch that is jumped over by other calls, so no jump is long.
    var program: [Instruction] {
        var program = [
            Self.load(Self.architectureOffset), Self.skip(1, ifEqual: architecture), Self.answer(Answer.killProcess),
            Self.load(Self.numberOffset),
            Self.skip(1, ifBelow: foreignNumbers), Self.answer(Answer.killProcess),
            Self.skip(1, ifBelow: newestKnown + 1), Self.answer(Answer.error(unknownError)),
        ]
        for rule in rules { program += Self.stretch(for: rule) }
        return program + [Self.answer(Answer.allow)]
    }

    private static func stretch(for rule: SystemCallRule) -> [Instruction] {
        let refusal = answer(Answer.error(rule.error))
        var body: [Instruction] = []
        for check in rule.checks {
            body.append(load(offset(of: check)))
            if check.mask != .max { body.append(Instruction(code: Code.and, operand: check.mask)) }
            if check.isAllowList {
                for (index, value) in check.values.enumerated() {
                    body.append(skip(UInt8(check.values.count - index), ifEqual: value))
                }
                body.append(refusal)
            } else {
                for value in check.values { body += [skip(1, unlessEqual: value), refusal] }
            }
        }
        body.append(rule.checks.isEmpty ? refusal : answer(Answer.allow))
        return [skip(UInt8(body.count), unlessEqual: rule.number)] + body
    }

    /// linux/filter.h: classes, sizes, modes and operations, put together.
    private enum Code {
        static let load: UInt16 = 0x20  // BPF_LD | BPF_W | BPF_ABS
        static let and: UInt16 = 0x54  // BPF_ALU | BPF_AND | BPF_K
        static let ifEqual: UInt16 = 0x15  // BPF_JMP | BPF_JEQ | BPF_K
        static let ifAtLeast: UInt16 = 0x35  // BPF_JMP | BPF_JGE | BPF_K
        static let answer: UInt16 = 0x06  // BPF_RET | BPF_K
    }

    /// linux/seccomp.h, `struct seccomp_data`: number, architecture, instruction pointer, six arguments of 64 bits.
    private static let numberOffset: UInt32 = 0
    private static let architectureOffset: UInt32 = 4

    /// Where half an argument is; both processors we know are little-endian.
    private static func offset(of check: SystemCallRule.Check) -> UInt32 {
        UInt32(16 + 8 * check.argument + (check.isUpperHalf ? 4 : 0))
    }

    private static func load(_ offset: UInt32) -> Instruction { Instruction(code: Code.load, operand: offset) }

    private static func answer(_ word: UInt32) -> Instruction { Instruction(code: Code.answer, operand: word) }

    private static func skip(_ count: UInt8, ifEqual value: UInt32) -> Instruction {
        Instruction(code: Code.ifEqual, jumpIfTrue: count, operand: value)
    }

    private static func skip(_ count: UInt8, unlessEqual value: UInt32) -> Instruction {
        Instruction(code: Code.ifEqual, jumpIfFalse: count, operand: value)
    }

    private static func skip(_ count: UInt8, ifBelow value: UInt32) -> Instruction {
        Instruction(code: Code.ifAtLeast, jumpIfFalse: count, operand: value)
    }
}
