import Testing

@testable import Dictation

@Suite struct ServerPatienceTests {
    private let start = ContinuousClock.now
    private let away = ClientError(.unreachable, "gone", mayBeRepeated: true)
    private let full = ClientError(.busy, "full", mayBeRepeated: true, status: 429)

    private func decide(
        _ patience: ServerPatience, _ error: ClientError, attempt: Int = 1, after time: Duration = .zero
    ) -> ServerPatience.Decision {
        var patience = patience
        return patience.decide(on: error, attempt: attempt, since: start, now: start + time)
    }

    private func answered(after time: Duration = .zero) -> ServerPatience {
        var patience = ServerPatience()
        patience.answered(at: start + time)
        return patience
    }

    @Test func aServerThatNeverAnsweredIsTriedFourTimes() {
        for attempt in 1...3 { #expect(decide(ServerPatience(), away, attempt: attempt) != .end) }
        #expect(decide(ServerPatience(), away, attempt: 4) == .end)
        // A response is a sign of life, whatever it says.
        #expect(decide(ServerPatience(), full, attempt: 4) == .wait(.seconds(8)))
    }

    @Test func pausesGrowUpToHalfAMinute() {
        let pauses = [1, 2, 5, 6, 100].map { decide(answered(), away, attempt: $0) }
        #expect(pauses == [1, 2, 16, 30, 30].map { .wait(.seconds($0)) })
        for (asked, pause) in [(3, 3), (3600, 30), (0, 0)] {
            let busy = ClientError(
                .busy, "", retryAfter: .seconds(asked), mayBeRepeated: true, status: 503)
            #expect(decide(answered(), busy, attempt: 9) == .wait(.seconds(pause)))
        }
    }

    @Test func aServerThatIsAwayEndsTheRunAfterTenMinutes() {
        #expect(decide(answered(), away, after: .seconds(599)) == .wait(.seconds(1)))
        #expect(decide(answered(), away, after: .seconds(600)) == .end)
        #expect(decide(ServerPatience(), full, after: .seconds(600)) == .end)
    }

    @Test func aRecordingThatFailsWhileOthersSucceedIsGivenUpAlone() {
        #expect(decide(answered(after: .seconds(1)), away, after: .seconds(600)) == .giveUp)
    }

    @Test func aServerThatIsFullOfOurRecordingsIsWaitedFor() {
        var patience = answered()
        patience.inHand = 1
        #expect(decide(patience, full, after: .seconds(6000)) == .wait(.seconds(1)))
        #expect(decide(patience, away, after: .seconds(6000)) == .end)
    }
}
