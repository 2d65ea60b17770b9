import Testing

@testable import APIServer

/// Which requests are admitted, and the `Retry-After` of the others.
struct AdmissionQueueTests {
    private let start = ContinuousClock.now

    private func queue(_ total: Int, _ models: [String: Int] = [:], lanes: Int = 1) -> AdmissionQueue {
        AdmissionQueue(AdmissionQueue.Limits(total: total, models: models, lanes: lanes))
    }

    @Test func admitsUpToTheLimitAndAgainAfterARelease() throws {
        var queue = queue(2)
        _ = try queue.enter("a", bytes: 1)
        let second = try queue.enter("b", bytes: 1)
        #expect(queue.count == 2)
        let refusal = AdmissionQueue.Refusal(limit: 2, retryAfter: .seconds(1))
        #expect(throws: refusal) { try queue.checkRoom() }
        #expect(throws: refusal) { _ = try queue.enter("a", bytes: 1) }
        queue.leave(second, at: start)
        try queue.checkRoom()
        _ = try queue.enter("a", bytes: 1)
        #expect(queue.count == 2)
    }

    @Test func aPlaceIsReleasedOnce() throws {
        var queue = queue(2)
        let first = try queue.enter("a", bytes: 1)
        _ = try queue.enter("a", bytes: 1)
        queue.begin(first, at: start)
        queue.begin(first, at: start)
        for _ in 0..<3 { queue.leave(first, length: .seconds(1), at: start) }
        queue.hear(first, until: .seconds(9), at: start)
        #expect(queue.count == 1)
    }

    @Test func aModelsOwnLimitRefusesOnlyItsRequests() throws {
        var queue = queue(3, ["a": 1])
        _ = try queue.enter("a", bytes: 1)
        try queue.checkRoom()
        #expect(throws: AdmissionQueue.Refusal(limit: 1, model: "a", retryAfter: .seconds(1))) {
            _ = try queue.enter("a", bytes: 1)
        }
        _ = try queue.enter("b", bytes: 1)
    }

    @Test func aLoweredLimitRefusesUntilEnoughRequestsHaveEnded() throws {
        var queue = queue(3)
        let tickets = try (0..<3).map { _ in try queue.enter("a", bytes: 1) }
        queue.limits.total = 2
        queue.leave(tickets[0], at: start)
        #expect(throws: AdmissionQueue.Refusal.self) { try queue.checkRoom() }
        queue.leave(tickets[1], at: start)
        try queue.checkRoom()
    }

    /// At first, a model is taken to be ten times as fast as speech, and recordings to be 16-bit samples. Three of 100 s
    /// share the lanes.
    @Test(arguments: [(1, 10), (2, 20), (3, 30), (8, 30)])
    func theFirstRequestEndsAsSoonAsItsShareOfTheLanesAllows(lanes: Int, seconds: Int) throws {
        var queue = queue(3, lanes: lanes)
        for _ in 0..<3 { _ = try queue.enter("a", bytes: 3_200_000, .wav) }
        let refusal = AdmissionQueue.Refusal(limit: 3, retryAfter: .seconds(seconds))
        #expect(throws: refusal) { try queue.checkRoom() }
        #expect(queue.loads(of: ["a"])["a"]?.time == .seconds(30))
    }

    @Test func theShortestRecordingOfAnyModelReleasesTheFirstPlace() throws {
        var queue = queue(3)
        _ = try queue.enter("a", bytes: 32_000_000, .wav)
        _ = try queue.enter("a", bytes: 6_400_000, .wav)
        let long = try queue.enter("b", bytes: 9_600_000, .wav)
        #expect(throws: AdmissionQueue.Refusal(limit: 3, retryAfter: .seconds(20))) { try queue.checkRoom() }
        // When its text has come far, the long one has the least left.
        queue.begin(long, at: start)
        queue.hear(long, until: .seconds(260), at: start)
        #expect(throws: AdmissionQueue.Refusal(limit: 3, retryAfter: .seconds(2))) { try queue.checkRoom() }
    }

    /// A model with the speed of a hundred times that of speech; the initial estimate still has a small weight.
    @Test func theWaitIsEstimatedFromMeasuredSpeedAndAtMostAMinute() throws {
        var queue = queue(1)
        var now = start
        for _ in 0..<600 {
            let ticket = try queue.enter("a", bytes: 3_200_000, .wav)
            queue.begin(ticket, at: now)
            now += .seconds(1)
            queue.leave(ticket, length: .seconds(100), at: now)
            now += .seconds(100)
        }
        _ = try queue.enter("a", bytes: 96_000_000, .wav)
        #expect(throws: AdmissionQueue.Refusal(limit: 1, retryAfter: .seconds(31))) { try queue.checkRoom() }
        queue.limits.total = 2
        _ = try queue.enter("b", bytes: .max, .wav)
        #expect(throws: AdmissionQueue.Refusal(limit: 2, retryAfter: .seconds(31))) { try queue.checkRoom() }
        queue.limits.models = ["b": 1]
        queue.limits.total = 3
        #expect(throws: AdmissionQueue.Refusal(limit: 1, model: "b", retryAfter: .seconds(60))) {
            _ = try queue.enter("b", bytes: 1)
        }
    }

    @Test func speedsOfModelsThatAreGoneAreForgottenWithTheirLastRequest() throws {
        var queue = queue(2)
        func run(_ ticket: AdmissionQueue.Ticket) {
            queue.begin(ticket, at: start)
            queue.leave(ticket, length: .seconds(100), at: start + .seconds(1_000))
        }
        run(try queue.enter("a", bytes: 3_200_000, .wav))
        let last = try queue.enter("b", bytes: 1)
        let live = ["a": Duration.seconds(10)]
        let slow = queue.loads(of: [], live: live)["a"]
        #expect(slow.map { $0.time > .seconds(50) } == true)
        queue.forget(allBut: ["a"])
        #expect(queue.count == 1)
        #expect(queue.loads(of: [], live: live)["a"] == slow)
        queue.leave(last, at: start)
        queue.forget(allBut: [])
        #expect(queue.loads(of: [], live: live)["a"]?.time == .seconds(1))
    }
}

/// What the models have to do, for the metrics.
struct AdmissionLoadTests {
    private typealias Load = AdmissionQueue.Load
    private let start = ContinuousClock.now

    private func queue() -> AdmissionQueue { AdmissionQueue(AdmissionQueue.Limits(total: .max)) }

    @Test func everyModelHasALoadAndAnIdleOneHasNone() {
        #expect(queue().loads(of: ["a", "b"]) == ["a": Load(), "b": Load()])
    }

    @Test func aRequestCountsFromItsUploadToItsEnd() throws {
        var queue = queue()
        let ticket = try queue.enter("a", bytes: 320_000, .wav)
        let whole = Load(sound: .seconds(10), time: .seconds(1))
        #expect(queue.loads(of: ["b"]) == ["a": whole, "b": Load()])
        queue.begin(ticket, at: start)
        #expect(queue.loads(of: [])["a"] == whole)
        queue.leave(ticket, length: .seconds(10), at: start + .seconds(1))
        #expect(queue.loads(of: ["a"]) == ["a": Load()])
    }

    /// Cancelled and failed requests, begun or not, and with some text or none.
    @Test(arguments: [false, true], [Duration?.none, .seconds(4), .seconds(400)])
    func noRequestLeavesARest(hasBegun: Bool, heard: Duration?) throws {
        var queue = queue()
        let ticket = try queue.enter("a", bytes: 320_000, .wav)
        if hasBegun { queue.begin(ticket, at: start) }
        if let heard { queue.hear(ticket, until: heard, at: start + .seconds(1)) }
        queue.leave(ticket, at: start + .seconds(2))
        #expect(queue.loads(of: ["a"]) == ["a": Load()])
        #expect(queue.count == 0)
    }

    @Test func theLoadShrinksAsTheTextGrowsAndIsNeverNegative() throws {
        var queue = queue()
        let ticket = try queue.enter("a", bytes: 3_200_000, .wav)
        queue.begin(ticket, at: start)
        for (position, rest) in [(30, 70), (20, 70), (90, 10), (130, 0)] {
            queue.hear(ticket, until: .seconds(position), at: start)
            #expect(queue.loads(of: [])["a"]?.sound == .seconds(rest))
        }
    }

    @Test func theLengthThatTheEngineTellsReplacesTheEstimate() throws {
        var queue = queue()
        let ticket = try queue.enter("a", bytes: 3_200_000, .wav)
        queue.measure(ticket, .seconds(300))
        #expect(queue.loads(of: [])["a"] == Load(sound: .seconds(300), time: .seconds(30)))
        queue.begin(ticket, at: start)
        queue.hear(ticket, until: .seconds(120), at: start)
        #expect(queue.loads(of: [])["a"]?.sound == .seconds(180))
        queue.leave(ticket, at: start)
        queue.measure(ticket, .seconds(300))
        #expect(queue.loads(of: ["a"]) == ["a": Load()])
    }

    @Test func liveSessionsCountWithTheSpeedOfTheirModel() throws {
        var queue = queue()
        _ = try queue.enter("a", bytes: 320_000, .wav)
        let loads = queue.loads(of: ["a"], live: ["a": .seconds(5), "b": .seconds(20)])
        #expect(loads["a"] == Load(sound: .seconds(15), time: .seconds(1.5)))
        #expect(loads["b"] == Load(sound: .seconds(20), time: .seconds(2)))
    }

    /// Two requests run at the same time: the time counts once, and the sound of both.
    @Test(arguments: [(1, 10.0), (2, 5.0)])
    func concurrentRequestsShareTheTime(requests: Int, wait: Double) throws {
        var queue = queue()
        for round in 0..<600 {
            let now = start + .seconds(2 * round)
            let tickets = try (0..<requests).map { _ in try queue.enter("a", bytes: 320_000, .wav) }
            for ticket in tickets { queue.begin(ticket, at: now) }
            for ticket in tickets { queue.leave(ticket, length: .seconds(10), at: now + .seconds(1)) }
        }
        _ = try queue.enter("a", bytes: 3_200_000, .wav)
        let time = try #require(queue.loads(of: [])["a"]?.time) / .seconds(1)
        #expect(abs(time - wait) < 0.1)
    }

    /// A long recording of which only the first half was transcribed tells the speed, but not its length.
    @Test func aCancelledRecordingTellsTheSpeed() throws {
        var queue = queue()
        let long = try queue.enter("a", bytes: 320_000_000, .wav)
        queue.begin(long, at: start)
        for minute in 1...60 {
            queue.hear(long, until: .seconds(120 * minute), at: start + .seconds(60 * minute))
        }
        queue.leave(long, at: start + .seconds(3_600))
        _ = try queue.enter("a", bytes: 3_200_000, .wav)
        let load = try #require(queue.loads(of: [])["a"])
        #expect(load.sound == .seconds(100))
        #expect(abs(load.time / .seconds(1) - 50) < 1)
    }

    /// Servers that do not say how long a recording is must not look ever slower.
    @Test func aFinishedRequestOfUnknownLengthIsNoStandstill() throws {
        func time(finishing: Bool) throws -> Duration {
            var queue = AdmissionQueue(.init(total: 10))
            for round in 0..<20 {
                let now = start + .seconds(10 * round)
                let ticket = try queue.enter("far", bytes: 320_000)
                queue.begin(ticket, at: now)
                if finishing {
                    queue.finish(ticket, at: now + .seconds(10))
                } else {
                    queue.leave(ticket, at: now + .seconds(10))
                }
            }
            _ = try queue.enter("far", bytes: 320_000)
            return try #require(queue.loads(of: ["far"])["far"]).time
        }
        let (finished, failed) = (try time(finishing: true), try time(finishing: false))
        #expect(finished < failed)
        #expect(finished < .seconds(30))
    }
}
