#if os(Linux)
    import Foundation
    import Testing

    @testable import Sandbox

    /// The rules as values. SandboxProbe tests how the kernel applies them.
    @Suite struct SystemCallRuleTests {
        @Test func anUnmetRequirementIsRefused() {
            let rules = SystemCallRule.allow("kill", if: .equal(argument: 0, 7), .flags(1, has: 4, lacks: 3))
            #expect(
                rules == [
                    SystemCallRule(
                        call: "kill", answer: .allow,
                        conditions: [.equal(argument: 0, 7), .masked(argument: 1, mask: 7, 4)]),
                    SystemCallRule(call: "kill", answer: .refuse, conditions: [.different(argument: 0, 7)]),
                    SystemCallRule(call: "kill", answer: .refuse, conditions: [.masked(argument: 1, mask: 1, 1)]),
                    SystemCallRule(call: "kill", answer: .refuse, conditions: [.masked(argument: 1, mask: 2, 2)]),
                    SystemCallRule(call: "kill", answer: .refuse, conditions: [.masked(argument: 1, mask: 4, 0)]),
                ])
        }

        @Test(arguments: EngineSandbox.Job.all)
        func libseccompTakesTheRules(of job: EngineSandbox.Job) throws {
            _ = try SystemCallFilter(SystemCallPolicy(job: job, process: 4711).rules)
        }

        /// A misspelt name would be ignored silently.
        @Test(arguments: EngineSandbox.Job.all)
        func everyCallHasANumber(of job: EngineSandbox.Job) {
            let calls = Set(SystemCallPolicy(job: job, process: 4711).rules.map(\.call))
            #expect(calls.filter { SystemCallFilter.number(of: $0) == nil } == [])
        }

        /// In libseccomp, a rule without conditions overrides all other rules for a call.
        @Test(arguments: EngineSandbox.Job.all)
        func noCallIsBothAllowedAndRefused(of job: EngineSandbox.Job) {
            let rules = SystemCallPolicy(job: job, process: 4711).rules
            for (call, rules) in Dictionary(grouping: rules, by: \.call)
            where rules.contains(where: \.conditions.isEmpty) {
                #expect(rules.count == 1, "\(call)")
            }
        }
    }

    extension EngineSandbox.Job {
        fileprivate static let all: [Self] = [
            .recognise(opensDevices: false), .recognise(opensDevices: true), .unpack, .listen,
        ]
    }
#endif
