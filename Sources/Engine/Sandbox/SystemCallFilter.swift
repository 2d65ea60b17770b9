#if os(Linux)
    import CSeccomp
    import Essentials

    /// Compiles system call rules with libseccomp to a program for the kernel (seccomp(2)).
    struct SystemCallFilter: ~Copyable {
        private let context: scmp_filter_ctx

        /// A call of another architecture (32-bit, x32) ends the process: its numbers mean other calls, and our
        /// programs never make one. A call that this processor or this libseccomp does not know is omitted, and so
        /// fails with `ENOSYS` like every call without a rule.
        ///
        /// - Throws: The error of libseccomp: `EOPNOTSUPP` or `EINVAL` if the kernel is too old.
        init(_ rules: [SystemCallRule]) throws(POSIXError) {
            guard let context = seccomp_init(asr_seccomp_error(UInt16(ENOSYS))) else { throw POSIXError(.ENOMEM) }
            do throws(POSIXError) {
                try Self.fill(context, with: rules)
            } catch {
                seccomp_release(context)
                throw error
            }
            self.context = context
        }

        deinit { seccomp_release(context) }

        /// Applies the filter to all threads of this process, irrevocably. Sets `PR_SET_NO_NEW_PRIVS` first, which the
        /// kernel requires of unprivileged processes.
        func install() throws(POSIXError) { try Self.check(seccomp_load(context)) }

        /// The number of a call; negative if this processor does not have it, `nil` if libseccomp does not know it.
        static func number(of call: String) -> Int32? {
            let number = seccomp_syscall_resolve_name(call)
            return number == __NR_SCMP_ERROR ? nil : number
        }

        private static func fill(_ context: scmp_filter_ctx, with rules: [SystemCallRule]) throws(POSIXError) {
            for (attribute, value) in [
                (SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
                (SCMP_FLTATR_CTL_TSYNC, 1),  // all threads, including running ones
                (SCMP_FLTATR_API_SYSRAWRC, 1),  // report the kernel's own errors
            ] {
                try check(seccomp_attr_set(context, attribute, value))
            }
            for rule in rules {
                guard let number = number(of: rule.call), number >= 0 else { continue }
                let conditions = rule.conditions.map(\.comparison)
                try check(
                    seccomp_rule_add_array(
                        context, rule.answer.action, number, UInt32(conditions.count), conditions))
            }
        }

        private static func check(_ status: Int32) throws(POSIXError) {
            guard status != 0 else { return }
            throw POSIXError(POSIXErrorCode(rawValue: -status) ?? .EINVAL)
        }
    }

    extension SystemCallRule.Answer {
        fileprivate var action: UInt32 {
            switch self {
            case .allow: SCMP_ACT_ALLOW
            case .refuse: asr_seccomp_error(UInt16(EPERM))
            }
        }
    }

    extension SystemCallRule.Condition {
        fileprivate var comparison: scmp_arg_cmp {
            switch self {
            case .equal(let argument, let value): Self.comparison(argument, SCMP_CMP_EQ, value)
            case .different(let argument, let value): Self.comparison(argument, SCMP_CMP_NE, value)
            case .less(let argument, let bound): Self.comparison(argument, SCMP_CMP_LT, bound)
            case .notLess(let argument, let bound): Self.comparison(argument, SCMP_CMP_GE, bound)
            case .masked(let argument, let mask, let value):
                Self.comparison(argument, SCMP_CMP_MASKED_EQ, mask, value)
            }
        }

        private static func comparison(
            _ argument: UInt32, _ operation: scmp_compare, _ first: UInt64, _ second: UInt64 = 0
        ) -> scmp_arg_cmp {
            scmp_arg_cmp(arg: argument, op: operation, datum_a: first, datum_b: second)
        }
    }
#endif
