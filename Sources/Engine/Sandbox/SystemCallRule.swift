/// Allows or refuses a system call, optionally only with certain arguments. A call without a matching rule fails with
/// `ENOSYS`.
struct SystemCallRule: Equatable, Sendable {
    /// The outcome for the caller.
    enum Answer: Equatable, Sendable {
        /// The call is made.
        case allow
        /// The call is not made and fails with `EPERM`.
        case refuse
    }

    /// A condition on one argument. libseccomp accepts one condition for each argument in a rule.
    enum Condition: Equatable, Sendable {
        /// All 64 bits equal the value's.
        case equal(argument: UInt32, UInt64)
        /// At least one of 64 bits differs from the value's.
        case different(argument: UInt32, UInt64)
        /// Less than the value.
        case less(argument: UInt32, UInt64)
        /// Not less than the value.
        case notLess(argument: UInt32, UInt64)
        /// The bits in the mask equal the value's.
        case masked(argument: UInt32, mask: UInt64, UInt64)
    }

    /// The call's name in the kernel's tables; some processors may lack it.
    let call: String
    let answer: Answer
    /// All must hold for the rule to match.
    var conditions: [Condition] = []
}

extension SystemCallRule {
    /// A requirement on an argument; the call is refused if it is not met.
    enum Requirement: Sendable {
        case argument(UInt32, is: UInt64)
        case below(UInt32, UInt64)
        case flags(UInt32, has: UInt64 = 0, lacks: UInt64)

        fileprivate var condition: Condition {
            switch self {
            case .argument(let index, is: let value): .equal(argument: index, value)
            case .below(let index, let bound): .less(argument: index, bound)
            case .flags(let index, let set, let clear): .masked(argument: index, mask: set | clear, set)
            }
        }

        /// The conditions of which at least one holds if the requirement is not met.
        fileprivate var opposites: [Condition] {
            switch self {
            case .argument(let index, is: let value): [.different(argument: index, value)]
            case .below(let index, let bound): [.notLess(argument: index, bound)]
            case .flags(let index, let set, let clear):
                (0..<64).map { UInt64(1) << $0 }.filter { (set | clear) & $0 != 0 }
                    .map { .masked(argument: index, mask: $0, ~set & $0) }
            }
        }
    }

    /// Allows calls with any arguments.
    static func allow(_ calls: [String]) -> [Self] {
        calls.map { Self(call: $0, answer: .allow) }
    }

    /// Refuses calls with any arguments.
    static func refuse(_ calls: [String]) -> [Self] {
        calls.map { Self(call: $0, answer: .refuse) }
    }

    /// Allows a call if all requirements are met, and refuses it otherwise.
    static func allow(_ call: String, if requirements: Requirement...) -> [Self] {
        [Self(call: call, answer: .allow, conditions: requirements.map(\.condition))]
            + requirements.flatMap(\.opposites).map { Self(call: call, answer: .refuse, conditions: [$0]) }
    }

    /// Allows a call for some commands, which are in a 32-bit argument; other commands fail with `ENOSYS`. Only the
    /// bits in the mask are compared.
    static func allow(_ call: String, command argument: UInt32, mask: UInt64 = 0xFFFF_FFFF, _ commands: [UInt64])
        -> [Self]
    {
        commands.map {
            Self(call: call, answer: .allow, conditions: [.masked(argument: argument, mask: mask, $0)])
        }
    }
}
