import Testing

@testable import APIServer

@Suite struct ConnectionCountTests {
    @Test func aConnectionTooManyIsRefusedUntilAnotherGoes() {
        let count = ConnectionCount(maximum: 2, waiting: 2)
        #expect(count.open() == .admitted)
        #expect(count.open() == .admitted)
        #expect(count.open() == .refused(isFirst: true))
        #expect(count.open() == .refused(isFirst: false))
        #expect(count.open() == .turnedAway)
        count.close(.turnedAway)
        count.close(.refused(isFirst: false))
        #expect(count.open() == .refused(isFirst: false))
        count.close(.admitted)
        #expect(count.open() == .admitted)
    }

    @Test func eachTimeOfNoRoomHasAFirstRefusal() {
        let count = ConnectionCount(maximum: 1)
        for _ in 0..<3 {
            #expect(count.open() == .admitted)
            let refused = count.open()
            #expect(refused == .refused(isFirst: true))
            count.close(refused)
            count.close(.admitted)
        }
    }

    @Test func aResponseFollowsItsRequest() {
        var order = AnswerOrder()
        #expect(order.nextMayBeAnswered && !order.lastMayBeAnswered)
        order.requestBegan()
        #expect(order.lastMayBeAnswered && !order.nextMayBeAnswered)
        order.answerBegan()
        #expect(!order.lastMayBeAnswered && !order.nextMayBeAnswered)
        order.requestBegan()
        #expect(!order.lastMayBeAnswered)
        order.answerEnded()
        #expect(order.lastMayBeAnswered && !order.nextMayBeAnswered)
    }
}
