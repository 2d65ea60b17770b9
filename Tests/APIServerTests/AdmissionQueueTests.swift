import Testing

@testable import APIServer

/// Which requests are admitted, and the `Retry-After` of the others.
struct AdmissionQueueTests {
    private let start = ContinuousClock.now

    private func queue(_ total: Int, _ models: [String: Int] = [:]) -> AdmissionQueue {
        AdmissionQueue(AdmissionQueue.Limits(total: total, models: models))
    }

    @Test func admitsUpToTheLimitAndAgainAfterARelease() throws {
        var queue = queue(2)
        try queue.enter("a", bytes: 1)
        try queue.enter("b", bytes: 1)
        #expect(queue.count == 2)
        let refusal = AdmissionQueue.Refusal(limit: 2, retryAfter: .seconds(1))
        #expect(throws: refusal) { try queue.checkRoom() }
        #expect(throws: refusal) { try queue.enter("a", bytes: 1) }
        queue.leave("b", bytes: 1, hasBegun: false, isDone: false, at: start)
        try queue.checkRoom()
        try queue.enter("a", bytes: 1)
        #expect(queue.count == 2)
    }

    @Test func aModelsOwnLimitRefusesOnlyItsRequests() throws {
        var queue = queue(3, ["a": 1])
        try queue.enter("a", bytes: 1)
        try queue.checkRoom()
        #expect(throws: AdmissionQueue.Refusal(limit: 1, model: "a", retryAfter: .seconds(1))) {
            try queue.enter("a", bytes: 1)
        }
        try queue.enter("b", bytes: 1)
    }

    @Test func aLoweredLimitRefusesUntilEnoughRequestsHaveEnded() throws {
        var queue = queue(3)
        for _ in 0..<3 { try queue.enter("a", bytes: 1) }
        queue.limits.total = 2
        queue.leave("a", bytes: 1, hasBegun: false, isDone: false, at: start)
        #expect(throws: AdmissionQueue.Refusal.self) { try queue.checkRoom() }
        queue.leave("a", bytes: 1, hasBegun: false, isDone: false, at: start)
        try queue.checkRoom()
    }

    /// A model that processes ten megabytes a second is given 800 megabytes: half of that is done after 40 s. The
    /// initial estimate still has a small weight.
    @Test func theWaitIsEstimatedFromRunningWorkAndMeasuredSpeed() throws {
        var queue = queue(1)
        var now = start
        for _ in 0..<600 {
            try queue.enter("a", bytes: 10_000_000)
            queue.begin("a", at: now)
            now += .seconds(1)
            queue.leave("a", bytes: 10_000_000, hasBegun: true, isDone: true, at: now)
            now += .seconds(100)
        }
        try queue.enter("a", bytes: 800_000_000)
        #expect(throws: AdmissionQueue.Refusal(limit: 1, retryAfter: .seconds(41))) { try queue.checkRoom() }
        queue.limits.total = 2
        try queue.enter("a", bytes: 1_000_000_000_000)
        #expect(throws: AdmissionQueue.Refusal(limit: 2, retryAfter: .seconds(60))) { try queue.checkRoom() }
    }

    /// Two requests run at the same time: the time counts once, and the bytes of both.
    @Test(arguments: [(1, 21), (2, 11)])
    func concurrentRequestsShareTheTime(requests: Int, wait: Int) throws {
        var queue = queue(requests)
        for round in 0..<600 {
            let now = start + .seconds(2 * round)
            for _ in 0..<requests {
                try queue.enter("a", bytes: 1_000_000)
                queue.begin("a", at: now)
            }
            for _ in 0..<requests {
                queue.leave("a", bytes: 1_000_000, hasBegun: true, isDone: true, at: now + .seconds(1))
            }
        }
        queue.limits.total = 1
        try queue.enter("a", bytes: 40_000_000)
        #expect(throws: AdmissionQueue.Refusal(limit: 1, retryAfter: .seconds(wait))) {
            try queue.checkRoom()
        }
    }
}

struct ThroughputTests {
    @Test func theInitialEstimateIsTenTimesFasterThanSpeech() {
        #expect(Throughput().time(for: 3_200_000) == .seconds(10))
    }

    @Test(arguments: [(1, 0.1), (10, 0.1), (3_600, 0.1)])
    func steadyWorkIsMeasuredExactly(seconds: Int, tolerance: Double) {
        var throughput = Throughput()
        for _ in 0..<(3_600 / seconds) { throughput.add(1_000_000 * seconds, in: .seconds(seconds)) }
        #expect(abs(throughput.time(for: 100_000_000) / .seconds(1) - 100) < 100 * tolerance)
    }

    @Test func theEstimateFollowsAChangeWithinMinutes() {
        var throughput = Throughput()
        for _ in 0..<3_600 { throughput.add(1_000_000, in: .seconds(1)) }
        for _ in 0..<60 { throughput.add(100_000, in: .seconds(1)) }
        let afterOne = throughput.time(for: 1_000_000) / .seconds(1)
        #expect(afterOne > 1.5 && afterOne < 3)
        for _ in 0..<600 { throughput.add(100_000, in: .seconds(1)) }
        #expect(throughput.time(for: 1_000_000) / .seconds(1) > 9)
    }

    @Test func theWaitOfAStuckModelIsAtMostADay() {
        var throughput = Throughput()
        throughput.add(0, in: .seconds(1_000_000))
        #expect(throughput.time(for: 1 << 40) == .seconds(86_400))
    }
}
