import Essentials
import Testing

@testable import Dictation
@testable import Upstreams

/// How often sessions are tried, and how much is read in them.
@Suite struct LiveLimitTests {
    private let start = ContinuousClock.now

    @Test func aServerWithoutLiveSessionsIsAskedOnce() {
        var tries = LiveTries()
        #expect(tries.mayOpen(at: start))
        tries.note(.unsupported("404"), hasText: false, at: start)
        #expect(!tries.mayOpen(at: start + .seconds(3600)))
        tries.note(.expired, hasText: true, at: start)
        #expect(!tries.mayOpen(at: start + .seconds(3600)))
    }

    @Test func afterFailuresInARowThereIsAPause() {
        var tries = LiveTries()
        for _ in 1...10 {
            tries.note(.failed("gone"), hasText: false, at: start)
            tries.note(.expired, hasText: false, at: start)
            #expect(tries.mayOpen(at: start))
            tries.note(.failed("gone"), hasText: true, at: start)
        }
        for _ in 1...3 { tries.note(.failed("gone"), hasText: false, at: start) }
        #expect(!tries.mayOpen(at: start + .seconds(59)) && tries.mayOpen(at: start + .seconds(60)))
        tries.note(.failed("gone"), hasText: false, at: start + .seconds(60))
        #expect(!tries.mayOpen(at: start + .seconds(119)) && tries.mayOpen(at: start + .seconds(120)))
        tries.note(.failed("gone"), hasText: true, at: start + .seconds(120))
        #expect(tries.mayOpen(at: start + .seconds(120)))
    }

    @Test func aServerMaySendMoreTheLongerTheSessionLasts() {
        var allowance = ReadAllowance(since: start)
        func admits(_ bytes: Int, after time: Duration) -> Bool {
            allowance.admits(bytes, isControl: false, at: start + time)
        }
        #expect(admits(4_000_000, after: .zero))
        #expect(!admits(1_000_000, after: .zero))
        #expect(admits(0, after: .seconds(60)))
        #expect(!admits(.max, after: .seconds(60)))
        #expect(!admits(.max, after: .longest))
        func areAdmitted(_ count: Int, areControl: Bool) -> Bool {
            var allowance = ReadAllowance(since: start)
            return (1...count).allSatisfy { _ in allowance.admits(0, isControl: areControl, at: start) }
        }
        #expect(areAdmitted(10_000, areControl: false) && !areAdmitted(100_000, areControl: false))
        #expect(areAdmitted(100, areControl: true) && !areAdmitted(10_000, areControl: true))
    }
}
