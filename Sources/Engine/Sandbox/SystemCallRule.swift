/// Allows or refuses a system call, optionally only with certain arguments. A call without a matching rule fails with
/// `ENOSYS`.
struct SystemCallRule: Equatable, Sendable {
    enum Answer: Equatable, Sendable {
        case allow
        /// The call is not made and fails with `EPERM`.
        case refuse
    }

    /// A condition on the 64 bits of one argument. libseccomp accepts one condition for each argument in a rule.
    enum Condition: Equatable, Sendable {
        case equal(argument: UInt32, UInt64)
        case different(argument: UInt32, UInt64)
        case less(argument: UInt32, UInt64)
        case notLess(argument: UInt32, UInt64)
        /// The bits in the mask equal the value's.
        case masked(argument: UInt32, mask: UInt64, UInt64)

        static func flags(_ argument: UInt32, has set: UInt64 = 0, lacks clear: UInt64) -> Self {
            .masked(argument: argument, mask: set | clear, set)
        }

        /// The conditions of which at least one holds if this one does not.
        fileprivate var opposites: [Self] {
            switch self {
            case .equal(let argument, let value): [.different(argument: argument, value)]
            case .different(let argument, let value): [.equal(argument: argument, value)]
            case .less(let argument, let bound): [.notLess(argument: argument, bound)]
            case .notLess(let argument, let bound): [.less(argument: argument, bound)]
            case .masked(let argument, let mask, let value):
                (0..<64).map { UInt64(1) << $0 }.filter { mask & $0 != 0 }
                    .map { .masked(argument: argument, mask: $0, ~value & $0) }
            }
        }
    }

    /// The call's name in the kernel's tables; some processors may lack it.
    let call: String
    let answer: Answer
    /// All must hold for the rule to match.
    var conditions: [Condition] = []

    static func allow(_ calls: [String]) -> [Self] { calls.map { Self(call: $0, answer: .allow) } }

    static func refuse(_ calls: [String]) -> [Self] {
        calls.map { Self(call: $0, answer: .refuse) }
    }

    /// Allows a call if all requirements are met, and refuses it otherwise.
    static func allow(_ call: String, if requirements: Condition...) -> [Self] {
        [Self(call: call, answer: .allow, conditions: requirements)]
            + requirements.flatMap(\.opposites).map { Self(call: call, answer: .refuse, conditions: [$0]) }
    }

    /// Allows a call for some commands, which are in a 32-bit argument; other commands fail with `ENOSYS`. Only the
    /// bits in the mask are compared.
    static func allow(
        _ call: String, command argument: UInt32, mask: UInt64 = 0xFFFF_FFFF, _ commands: [UInt64]
    ) -> [Self] {
        commands.map { Self(call: call, answer: .allow, conditions: [.masked(argument: argument, mask: mask, $0)]) }
    }
}
