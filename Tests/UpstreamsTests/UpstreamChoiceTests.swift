import Testing

@testable import Upstreams

struct UpstreamChoiceTests {
    private let start = ContinuousClock.now

    @Test func theServerWithTheFewestRequestsIsNext() {
        var choice = UpstreamChoice(servers: 3)
        #expect((0..<3).map { _ in choice.next(besides: [], at: start) } == [0, 1, 2])
        choice.release(1, .answered, at: start)
        #expect(choice.next(besides: [], at: start) == 1)
        #expect(choice.inHand == [1, 1, 1])
    }

    @Test func equalServersTakeTurns() {
        var choice = UpstreamChoice(servers: 2)
        let chosen = (0..<4).map { _ in
            let index = choice.next(besides: [], at: start)
            choice.release(index ?? 0, .answered, at: start)
            return index
        }
        #expect(chosen == [0, 1, 0, 1])
    }

    @Test func aServerThatWasTriedIsNotTriedAgain() {
        var choice = UpstreamChoice(servers: 2)
        #expect(choice.next(besides: [0], at: start) == 1)
        #expect(choice.next(besides: [0, 1], at: start) == nil)
    }

    @Test func pausesDoubleUpToHalfAMinute() {
        var choice = UpstreamChoice(servers: 1)
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            choice.rest(0, .down(reason: "gone"), after: nil, at: start)
            #expect(choice.isResting(0, at: start + .seconds(seconds) - .milliseconds(1)))
            #expect(!choice.isResting(0, at: start + .seconds(seconds)))
        }
        choice.succeed(0)
        #expect(choice.isUp(0) == true)
        choice.rest(0, .down(reason: "gone"), after: nil, at: start)
        #expect(!choice.isResting(0, at: start + .seconds(1)))
    }

    @Test func aServerIsLeftAloneAsLongAsItAsks() {
        var choice = UpstreamChoice(servers: 2)
        choice.rest(0, .full, after: .seconds(7), at: start)
        #expect(choice.next(besides: [], at: start) == 1)
        #expect(choice.next(besides: [], at: start + .seconds(6)) == 1)
        #expect(choice.next(besides: [], at: start + .seconds(7)) == 0)
        choice.rest(0, .down(reason: "not ready"), after: .seconds(3600), at: start)
        #expect(!choice.isResting(0, at: start + .seconds(30)))
    }

    @Test func theSmallestWaitOfTheFullServersCounts() {
        var choice = UpstreamChoice(servers: 3)
        choice.rest(0, .full, after: .seconds(9), at: start)
        choice.rest(1, .full, after: .seconds(4), at: start)
        choice.rest(2, .down(reason: "gone"), after: nil, at: start)
        let outlook = choice.outlook(full: [], wrong: [], at: start)
        #expect(outlook == .init(isFull: true, isMisconfigured: false, retryAfter: .seconds(4)))
    }

    @Test func aFullServerIsUpAndAMisconfiguredOneIsNot() {
        var choice = UpstreamChoice(servers: 2)
        #expect(choice.isUp(0) == nil)
        choice.rest(0, .full, after: nil, at: start)
        choice.rest(1, .misconfigured(reason: "refuses the key"), after: nil, at: start)
        #expect(choice.isUp(0) == true)
        #expect(choice.isUp(1) == false)
        #expect(!choice.outlook(full: [], wrong: [], at: start).isMisconfigured)
        #expect(choice.outlook(full: [], wrong: [0], at: start + .seconds(5)).isMisconfigured)
    }

    @Test func aPauseThatEndedWithinARequestStillCountsAsFull() {
        var choice = UpstreamChoice(servers: 3)
        choice.rest(0, .full, after: .seconds(1), at: start)
        choice.rest(1, .full, after: .seconds(9), at: start)
        choice.rest(2, .down(reason: "gone"), after: nil, at: start)
        let late = start + .seconds(60)
        #expect(!choice.outlook(full: [], wrong: [], at: late).isFull)
        #expect(choice.outlook(full: [0, 1], wrong: [], at: late).isFull)
        #expect(choice.outlook(full: [1], wrong: [], at: start + .seconds(2)).retryAfter == .seconds(7))
        #expect(choice.outlook(full: [0, 1], wrong: [], at: late).retryAfter == .seconds(1))
    }

    @Test func theWatchEndsNoPauseThatARequestFoundOut() {
        var choice = UpstreamChoice(servers: 2)
        choice.rest(0, .full, after: .seconds(20), at: start)
        choice.rest(1, .down(reason: "not ready"), after: nil, at: start)
        for index in 0..<2 { choice.greet(index, at: start) }
        #expect(choice.isResting(0, at: start + .seconds(19)))
        #expect(choice.isUp(1) == false)
        // It may be tried again, and is down for longer if it fails again.
        choice.greet(1, at: start + .seconds(1))
        #expect(choice.isUp(1) == true)
        choice.rest(1, .down(reason: "not ready"), after: nil, at: start + .seconds(1))
        #expect(choice.isResting(1, at: start + .seconds(2)))
        choice.succeed(1)
        choice.rest(1, .down(reason: "not ready"), after: nil, at: start + .seconds(9))
        #expect(!choice.isResting(1, at: start + .seconds(10)))
    }

    @Test func theWatchEndsItsOwnPauses() {
        var choice = UpstreamChoice(servers: 2)
        choice.greet(0, at: start)
        #expect(choice.isUp(0) == true)
        choice.rest(0, .down(reason: "gone"), after: .seconds(20), seenBy: .watch, at: start)
        #expect(choice.isUp(0) == false)
        choice.greet(0, at: start)
        #expect(choice.isUp(0) == true)
        #expect(!choice.isResting(0, at: start))
        // A request's pause stays as long as it is, whatever the watch finds.
        choice.rest(1, .full, after: .seconds(20), at: start)
        choice.rest(1, .down(reason: "gone"), after: nil, seenBy: .watch, at: start)
        #expect(choice.isResting(1, at: start + .seconds(19)))
        #expect(choice.isUp(1) == true)
    }

    @Test func onlyTheSecondHangUpInARowMakesAPause() {
        var choice = UpstreamChoice(servers: 1)
        choice.hangUp(0, at: start)
        #expect(!choice.isResting(0, at: start))
        choice.succeed(0)
        choice.hangUp(0, at: start)
        choice.greet(0, at: start)
        #expect(!choice.isResting(0, at: start))
        choice.hangUp(0, at: start)
        #expect(choice.isResting(0, at: start))
        #expect(choice.fault(of: 0) == "it hung up without an answer")
    }

    /// It answers each request at once with an error, so it always has the fewest in hand.
    @Test func aServerThatFailsOnRequestsComesLast() {
        var choice = UpstreamChoice(servers: 2)
        #expect(choice.next(besides: [], at: start) == 0)
        func fail(at now: ContinuousClock.Instant, _ outcome: UpstreamOutcome = .failed) {
            #expect(choice.next(besides: [], at: now) == 1)
            choice.release(1, outcome, at: now)
        }
        // The first one may be the recording's fault.
        fail(at: start)
        fail(at: start, .timedOut)
        #expect(choice.next(besides: [], at: start) == 0)
        // It is tried again from time to time, and still used if there is no other.
        let later = start + .seconds(1)
        fail(at: later)
        #expect(choice.next(besides: [], at: later + .seconds(1)) == 0)
        #expect(choice.next(besides: [0], at: later) == 1)
        choice.release(1, .answered, at: later)
        #expect(choice.next(besides: [], at: later) == 1)
        #expect(choice.isUp(1) == nil)
    }

    @Test func aPauseIsAtMostHalfAMinuteAndThatOfAFullServerAMinute() {
        var choice = UpstreamChoice(servers: 2)
        choice.rest(0, .down(reason: "gone"), after: .seconds(3600), at: start)
        choice.rest(1, .full, after: .seconds(3600), at: start)
        #expect(choice.isResting(0, at: start + .seconds(29)) && !choice.isResting(0, at: start + .seconds(30)))
        #expect(choice.isResting(1, at: start + .seconds(59)) && !choice.isResting(1, at: start + .seconds(60)))
        #expect(choice.outlook(full: [1], wrong: [], at: start).retryAfter == .seconds(60))
    }
}
