/// When the kernel refuses a system call, and with which error.
struct SystemCallRule: Sendable {
    /// One thing that must be true of an argument for the call to be let through.
    struct Check: Sendable {
        /// Which argument, from 0.
        let argument: Int
        /// Which half of it: an `int` has all it says in the lower one.
        var isUpperHalf = false
        /// The bits that are looked at.
        var mask = UInt32.max
        let values: [UInt32]
        /// Whether the bits have to be one of the values, or none of them.
        let isAllowList: Bool
    }

    /// The number of the call on this processor.
    let number: UInt32
    /// What the caller gets to see.
    var error: UInt16
    /// The call is let through if all of these hold; with none it never is.
    var checks: [Check] = []
}

extension SystemCallRule.Check {
    /// The argument, or some of its bits, has to be one of these values.
    static func argument(_ index: Int, mask: UInt32 = .max, isOneOf values: [UInt32]) -> Self {
        Self(argument: index, mask: mask, values: values, isAllowList: true)
    }

    /// The argument may be anything but these values.
    static func argument(_ index: Int, isNoneOf values: [UInt32]) -> Self {
        Self(argument: index, values: values, isAllowList: false)
    }

    /// The argument has to be a null pointer, which has two halves.
    static func argumentIsNull(_ index: Int) -> [Self] {
        [false, true].map { Self(argument: index, isUpperHalf: $0, values: [0], isAllowList: true) }
    }
}
