import Testing

@testable import APIServer

@Suite struct RequestTimeoutsTests {
    private let start = ContinuousClock.now
    private let limits: ConnectionLimits

    init() {
        var limits = ConnectionLimits()
        limits.headTime = .seconds(10)
        limits.minimumRate = 100
        self.limits = limits
    }

    private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func theFirstHeadIsTimedFromTheConnectionsStart() {
        var pace = RequestTimeouts(limits: limits, openedAt: start)
        for second in 0..<10 {
            #expect(pace.check(at: after(Double(second)), isClientsTurn: true) == .wait(until: after(10)))
            pace.receiveBytes(at: after(Double(second) + 0.5))
        }
        #expect(pace.check(at: after(10), isClientsTurn: true) == .headTooSlow(isBegun: true))
    }

    @Test func aConnectionWithoutAnyByteIsDistinguished() {
        var pace = RequestTimeouts(limits: limits, openedAt: start)
        #expect(pace.check(at: after(10), isClientsTurn: true) == .headTooSlow(isBegun: false))
    }

    @Test func aLaterHeadIsTimedFromItsFirstByte() {
        var pace = RequestTimeouts(limits: limits, openedAt: start)
        pace.receiveHead(at: after(1))
        pace.receiveEnd()
        #expect(pace.check(at: after(500), isClientsTurn: true) == .rest)
        pace.receiveBytes(at: after(500))
        pace.receiveBytes(at: after(509))
        #expect(pace.check(at: after(509), isClientsTurn: true) == .wait(until: after(510)))
        #expect(pace.check(at: after(510), isClientsTurn: true) == .headTooSlow(isBegun: true))
    }

    @Test func theUploadRateIsMeasuredPerWindow() {
        var pace = RequestTimeouts(limits: limits, openedAt: start)
        pace.receiveHead(at: start)
        pace.receiveBody(6_000)
        #expect(pace.check(at: after(59), isClientsTurn: true) == .wait(until: after(60)))
        #expect(pace.check(at: after(60), isClientsTurn: true) == .wait(until: after(120)))
        pace.receiveBody(5_999)
        #expect(pace.check(at: after(120), isClientsTurn: true) == .bodyTooSlow)
    }

    @Test func aLateCheckRequiresMoreBytes() {
        var pace = RequestTimeouts(limits: limits, openedAt: start)
        pace.receiveHead(at: start)
        pace.receiveBody(6_000)
        #expect(pace.check(at: after(61), isClientsTurn: true) == .bodyTooSlow)
    }

    @Test func aClientIsNotChargedWhileTheServerDoesNotRead() {
        var pace = RequestTimeouts(limits: limits, openedAt: start)
        #expect(pace.check(at: after(10), isClientsTurn: false) == .wait(until: after(20)))
        pace.receiveHead(at: after(20))
        #expect(pace.check(at: after(80), isClientsTurn: false) == .wait(until: after(140)))
        #expect(pace.check(at: after(140), isClientsTurn: true) == .bodyTooSlow)
    }

    @Test func aCompleteRequestIsNotMeasured() {
        var pace = RequestTimeouts(limits: limits, openedAt: start)
        pace.receiveHead(at: start)
        pace.receiveBody(1)
        pace.receiveEnd()
        #expect(pace.check(at: after(100_000), isClientsTurn: true) == .rest)
    }
}
