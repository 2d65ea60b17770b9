import Testing

@testable import Recognition

@Suite struct OrderTests {
    /// A letter adds an item of that job, a dot takes the next one.
    @Test(arguments: [
        ("aaa...", "a1 a2 a3"), ("aaabbb......", "a1 b1 a2 b2 a3 b3"), ("aaaab.....", "a1 b1 a2 a3 a4"),
        ("aaa.bc....", "a1 a2 b1 c1 a3"), ("ab..ab..", "a1 b1 a2 b2"), ("aaa.b....", "a1 a2 b1 a3 -"), (".a.", "- a1"),
        ("aabbc.....", "a1 b1 c1 a2 b2"),
    ])
    func jobsTakeTurns(script: String, order: String) {
        var round = RoundRobin<Character, String>()
        var added: [Character: Int] = [:]
        var taken: [String] = []
        for step in script {
            if step == "." {
                taken.append(round.next { _ in true } ?? "-")
            } else {
                added[step, default: 0] += 1
                round.add("\(step)\(added[step, default: 0])", of: step)
            }
        }
        #expect(taken.joined(separator: " ") == order)
    }

    @Test func aCancelledItemLeavesTheOthersInOrder() {
        var round = RoundRobin<String, Int>()
        for item in 1...3 { round.add(item, of: "a") }
        round.add(4, of: "b")
        #expect(round.count == 4)
        #expect(round.remove(of: "a") { $0 == 2 } == 2)
        #expect(round.remove(of: "a") { $0 == 2 } == nil)
        #expect(round.remove(of: "b") { $0 == 4 } == 4)
        #expect(round.remove(of: "c") { _ in true } == nil)
        #expect(round.count == 2)
        #expect((0..<3).map { _ in round.next { _ in true } } == [1, 3, nil])
    }

    /// The order in which five pieces finish, and what is released after each.
    @Test(arguments: [
        ([0, 1, 2, 3, 4], [[0], [1], [2], [3], [4]]), ([4, 3, 2, 1, 0], [[], [], [], [], [0, 1, 2, 3, 4]]),
        ([1, 0, 3, 2, 4], [[], [0, 1], [], [2, 3], [4]]), ([0, 2, 4, 1, 3], [[0], [], [], [1, 2], [3, 4]]),
    ])
    func resultsLeaveInTheOrderOfTheirStart(finished: [Int], released: [[Int]]) {
        var order = InOrder<Int>()
        #expect((0..<5).map { _ in order.begin() } == [0, 1, 2, 3, 4])
        var outstanding = 5
        for (index, turn) in zip(finished, released) {
            #expect(order.finish(index, with: index) == turn)
            outstanding -= turn.count
            #expect(order.outstanding == outstanding)
        }
    }

    @Test func workMayStartWhileOtherWorkIsOutstanding() {
        var order = InOrder<String>()
        let first = order.begin()
        #expect(order.finish(first, with: "a") == ["a"])
        let (second, third) = (order.begin(), order.begin())
        #expect(order.finish(third, with: "c") == [])
        #expect(order.finish(second, with: "b") == ["b", "c"])
        #expect(order.outstanding == 0)
    }
}
