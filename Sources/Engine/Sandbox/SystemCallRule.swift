/// What the kernel answers to a system call, perhaps only with certain arguments. A call that no rule is about, or
/// whose arguments fit none, does not exist: it answers `ENOSYS`.
struct SystemCallRule: Equatable, Sendable {
    /// What the caller gets to see.
    enum Answer: Equatable, Sendable {
        /// The call is made.
        case allow
        /// The call is not made and answers `EPERM`.
        case refuse
    }

    /// Something that has to be true of one argument. libseccomp looks at an argument once a rule.
    enum Condition: Equatable, Sendable {
        /// All 64 bits are those of the value.
        case equal(argument: UInt32, UInt64)
        /// At least one of 64 bits is another one than the value's.
        case different(argument: UInt32, UInt64)
        /// It is less than the value.
        case less(argument: UInt32, UInt64)
        /// It is not less than the value.
        case notLess(argument: UInt32, UInt64)
        /// The bits of the mask are those of the value.
        case masked(argument: UInt32, mask: UInt64, UInt64)
    }

    /// The call by its name in the kernel's tables; it need not exist on every processor.
    let call: String
    let answer: Answer
    /// The rule holds if all of these do.
    var conditions: [Condition] = []
}

extension SystemCallRule {
    /// What an argument has to be for a call to be made; it is refused otherwise.
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

        /// Each is a way not to meet the requirement; together they are all.
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

    /// Calls that are made whatever their arguments.
    static func allow(_ calls: [String]) -> [Self] {
        calls.map { Self(call: $0, answer: .allow) }
    }

    /// Calls that are refused whatever their arguments.
    static func refuse(_ calls: [String]) -> [Self] {
        calls.map { Self(call: $0, answer: .refuse) }
    }

    /// A call that is made if its arguments are as they have to be, and refused otherwise.
    static func allow(_ call: String, if requirements: Requirement...) -> [Self] {
        [Self(call: call, answer: .allow, conditions: requirements.map(\.condition))]
            + requirements.flatMap(\.opposites).map { Self(call: call, answer: .refuse, conditions: [$0]) }
    }

    /// A call that is made for some commands, which an argument of 32 bits tells; it does not exist for others. Only the
    /// bits of the mask are looked at.
    static func allow(_ call: String, command argument: UInt32, mask: UInt64 = 0xFFFF_FFFF, _ commands: [UInt64])
        -> [Self]
    {
        commands.map {
            Self(call: call, answer: .allow, conditions: [.masked(argument: argument, mask: mask, $0)])
        }
    }
}
