import Testing

@testable import APIServer

/// Which upload is dropped when there is no room for all.
struct UploadShareTests {
    private let start = ContinuousClock.now

    private func time(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func whileThereIsRoomAllUploadsContinue() {
        var shares = UploadShares(maximum: 2)
        let (first, verdict) = shares.begin("a", at: start)
        #expect(verdict == .proceed)
        #expect(shares.begin("a", at: start).1 == .proceed)
        #expect(shares.grow(first, by: 1000, free: 1000, at: time(60)) == .proceed)
    }

    @Test func aSingleUploadMayUseTheWholeDisk() {
        var shares = UploadShares(maximum: 2)
        let (id, _) = shares.begin("a", at: start)
        #expect(shares.grow(id, by: 1 << 30, free: 0, at: start) == .proceed)
    }

    /// Adds bytes that an upload has received and written at a time.
    private func add(_ bytes: Int, to id: Int, of shares: inout UploadShares, free: Int, at now: Int)
        -> UploadShares.Verdict
    {
        shares.receive(id, bytes, at: time(now))
        return shares.grow(id, by: bytes, free: free, at: time(now))
    }

    @Test func stalledUploadsEndWhenTheDiskFillsUp() {
        var shares = UploadShares(maximum: 9)
        let (still, _) = shares.begin("a", at: start)
        let (moving, _) = shares.begin("a", at: start)
        #expect(add(350, to: still, of: &shares, free: 1000, at: 0) == .proceed)
        #expect(add(350, to: moving, of: &shares, free: 100, at: 2) == .proceed, "100 of 800 are an eighth")
        #expect(add(1, to: moving, of: &shares, free: 99, at: 2) == .proceedInstead(of: still))
        // Until its file is deleted, its bytes count as free.
        #expect(add(1, to: moving, of: &shares, free: 20, at: 2) == .proceed)
        shares.end(still)
        #expect(add(1, to: moving, of: &shares, free: 20, at: 2) == .proceed, "it is alone")
    }

    @Test func aNewUploadHasAGracePeriod() {
        var shares = UploadShares(maximum: 9)
        let (first, _) = shares.begin("a", at: start)
        let (second, _) = shares.begin("b", at: start)
        _ = add(1000, to: first, of: &shares, free: 5000, at: 1)
        #expect(add(10, to: second, of: &shares, free: 10, at: 1) == .proceed)
    }

    /// From any number of addresses, and however fast it was at first.
    @Test func slowUploadsEndBeforeFastOnes() {
        var shares = UploadShares(maximum: 9)
        let trickling = (0..<3).map { shares.begin("\($0)", at: start).0 }
        for id in trickling { _ = add(1_000_000, to: id, of: &shares, free: 1 << 30, at: 0) }
        for second in 1..<60 { for id in trickling { shares.receive(id, 500 - id, at: time(second)) } }
        let (honest, _) = shares.begin("honest", at: time(55))
        for second in 55..<60 { _ = add(800_000, to: honest, of: &shares, free: 1 << 30, at: second) }
        #expect(add(800_000, to: honest, of: &shares, free: 10, at: 60) == .proceedInstead(of: trickling[2]))
    }

    @Test func anExcessUploadReplacesOneOfTheClientWithMost() {
        var shares = UploadShares(maximum: 3)
        let (modest, _) = shares.begin("modest", at: start)
        let (old, _) = shares.begin("greedy", at: start)
        let (new, _) = shares.begin("greedy", at: time(5))
        for id in [modest, old, new] { shares.receive(id, id == old ? 10 : 9, at: time(6)) }
        #expect(shares.begin("b", at: time(6)).1 == .proceedInstead(of: old), "the other has only just begun")
        #expect(shares.begin("c", at: time(6)).1 == .proceedInstead(of: modest), "all have one now")
        #expect(shares.begin("d", at: time(6)).1 == .refused, "all have only just begun")
        shares.end(new)
        #expect(shares.begin("d", at: time(6)).1 == .proceed)
    }

    @Test func aDiskOfMaximumSizeDoesNotOverflow() {
        var shares = UploadShares(maximum: 2)
        let (still, _) = shares.begin("a", at: start)
        let (moving, _) = shares.begin("a", at: start)
        _ = add(1 << 40, to: still, of: &shares, free: .max, at: 0)
        #expect(add(1 << 41, to: moving, of: &shares, free: 0, at: 2) == .proceedInstead(of: still))
        #expect(add(1, to: moving, of: &shares, free: .max, at: 2) == .proceed)
    }
}
