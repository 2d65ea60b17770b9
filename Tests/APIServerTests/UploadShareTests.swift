import Testing

@testable import APIServer

/// Which upload goes when there is no room for all.
struct UploadShareTests {
    private let start = ContinuousClock.now

    private func time(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func whereThereIsRoomAllGoOn() {
        var shares = UploadShares(maximum: 2)
        let (first, verdict) = shares.begin("a", at: start)
        #expect(verdict == .proceed)
        #expect(shares.begin("a", at: start).1 == .proceed)
        #expect(shares.grow(first, by: 1000, free: 1000, at: time(60)) == .proceed)
    }

    @Test func anUploadThatIsAloneMayTakeAllOfTheDisk() {
        var shares = UploadShares(maximum: 2)
        let (id, _) = shares.begin("a", at: start)
        #expect(shares.grow(id, by: 1 << 30, free: 0, at: start) == .proceed)
    }

    @Test func theSlowestGoesWhenTheDiskFillsUp() {
        var shares = UploadShares(maximum: 9)
        let (slow, _) = shares.begin("a", at: start)
        let (fast, _) = shares.begin("a", at: time(50))
        #expect(shares.grow(slow, by: 350, free: 1000, at: time(50)) == .proceed)
        #expect(shares.grow(fast, by: 350, free: 100, at: time(51)) == .proceed, "100 of 800 are an eighth")
        #expect(shares.grow(fast, by: 1, free: 99, at: time(51)) == .proceedInstead(of: slow))
        // Until it is off the disk, its bytes count as free.
        #expect(shares.grow(fast, by: 1, free: 20, at: time(51)) == .proceed)
        shares.end(slow)
        #expect(shares.grow(fast, by: 1, free: 20, at: time(51)) == .proceed, "it is alone")
    }

    @Test func theClientThatTakesMostGivesWay() {
        var shares = UploadShares(maximum: 9)
        let (modest, _) = shares.begin("modest", at: start)
        let many = (0..<3).map { _ in shares.begin("greedy", at: start).0 }
        for (index, id) in many.enumerated() { _ = shares.grow(id, by: 1000 + index, free: 1 << 20, at: time(10)) }
        // It is the slowest of all, but not its client's fault is it that room is short.
        #expect(shares.grow(modest, by: 10, free: 10, at: time(10)) == .proceedInstead(of: many[0]))
    }

    @Test func oneTooManyTakesThePlaceOfTheSlowestThatHadItsTime() {
        var shares = UploadShares(maximum: 2)
        let (old, _) = shares.begin("a", at: start)
        let (new, _) = shares.begin("a", at: time(4))
        _ = shares.grow(new, by: 1, free: 1 << 20, at: time(4))
        #expect(shares.begin("a", at: time(4)).1 == .refused, "both have only just begun")
        #expect(shares.begin("b", at: time(5)).1 == .proceedInstead(of: old))
        #expect(shares.begin("b", at: time(5)).1 == .refused)
        shares.end(new)
        #expect(shares.begin("b", at: time(5)).1 == .proceed)
    }

    @Test func aDiskWithoutEndOverflowsNothing() {
        var shares = UploadShares(maximum: 2)
        let (slow, _) = shares.begin("a", at: start)
        let (fast, _) = shares.begin("a", at: start)
        _ = shares.grow(slow, by: 1 << 40, free: .max, at: start)
        #expect(shares.grow(fast, by: 1 << 41, free: 0, at: time(1)) == .proceedInstead(of: slow))
        #expect(shares.grow(fast, by: 1, free: .max, at: time(1)) == .proceed)
    }
}
