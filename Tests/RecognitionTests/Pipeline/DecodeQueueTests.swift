@testable import Recognition
import SpeechTypes
import TestSupport
import Testing

@Suite struct DecodeQueueTests {
    private struct Item: Equatable {
        var job: String
        var number: Int
        var length = 10
        var language: Language?
        var priority = DecodePriority.interactive

        var measure: BatchMeasure {
            BatchMeasure(length: length, request: RecognitionRequest(language: language), priority: priority)
        }
    }

    private typealias Queue = DecodeQueue<String, Item>

    private static func queue(lanes: Int, _ limits: BatchLimits = .none, holding items: [Item] = []) -> Queue {
        var queue = Queue(lanes: lanes, limits: limits, measure: \.measure)
        for item in items { queue.add(item, of: item.job) }
        return queue
    }

    /// The items of each call, until the queue is empty.
    private static func drained(_ queue: Queue) -> [[Item]] {
        var (queue, calls) = (queue, [[Item]]())
        while let (call, priority) = queue.next() {
            calls.append(call)
            queue.finish(priority)
        }
        return calls
    }

    @Test func jobsTakeTurnsAndKeepTheirOrder() {
        let items =
            (0..<4).map { Item(job: "long", number: $0) } + [Item(job: "a", number: 0), Item(job: "b", number: 0)]
        let calls = Self.drained(Self.queue(lanes: 1, holding: items)).map { $0.map { "\($0.job)\($0.number)" } }
        #expect(calls == [["long0"], ["a0"], ["b0"], ["long1"], ["long2"], ["long3"]])
    }

    @Test func callsAreLimitedToTheLanes() {
        var queue = Self.queue(lanes: 2, holding: (0..<5).map { Item(job: "j", number: $0) })
        #expect(queue.next() != nil)
        #expect(queue.next() != nil)
        #expect(queue.next() == nil)
        #expect(queue.count == 3)
        queue.finish(.interactive)
        #expect(queue.next()?.items.map(\.number) == [2])
        #expect(queue.next() == nil)
    }

    @Test func segmentsAreBatchedWhenNoLaneIsIdle() {
        let items = (0..<6).map { Item(job: "job \($0)", number: $0) }
        var queue = Self.queue(lanes: 2, BatchLimits(count: 4, total: 1000), holding: items)
        #expect(queue.next()?.items.map(\.number) == [0, 1, 2, 3], "all but one for the lane that is left")
        #expect(queue.next()?.items.map(\.number) == [4, 5])
        var few = Self.queue(lanes: 3, BatchLimits(count: 4, total: 1000), holding: Array(items.prefix(3)))
        for number in 0..<3 { #expect(few.next()?.items.map(\.number) == [number]) }
    }

    @Test(arguments: [
        (BatchLimits.none, [10, 10], [[10], [10]]),
        (BatchLimits(count: 3, total: 1000), [10, 10, 10, 10], [[10, 10, 10], [10]]),
        (BatchLimits(count: 8, total: 25), [10, 10, 10], [[10, 10], [10]]),
        (BatchLimits(count: 8, total: 1000, similarity: 0.75), [10, 20, 13, 16], [[10, 13], [20, 16]]),
        (BatchLimits(count: 8, total: 1000, similarity: 0.75), [12, 15, 11], [[12, 15], [11]]),
        (BatchLimits(count: 8, total: 30), [9, 11, 10], [[9, 11], [10]]),
        (BatchLimits(count: 8, total: 10), [30, 30], [[30], [30]]),
    ])
    func theBatchSizeIsLimited(limits: BatchLimits, lengths: [Int], calls: [[Int]]) {
        let items = lengths.enumerated().map { Item(job: "job \($0)", number: $0, length: $1) }
        #expect(Self.drained(Self.queue(lanes: 1, limits, holding: items)).map { $0.map(\.length) } == calls)
    }

    @Test func onlyEqualRequestsAreBatched() {
        let languages = ["en", "zh", "en", nil].map { $0.map { Language(code: $0) } }
        let items = languages.enumerated().map { Item(job: "job \($0)", number: $0, language: $1) }
        let calls = Self.drained(Self.queue(lanes: 1, BatchLimits(count: 4, total: 1000), holding: items))
        #expect(calls.map { $0.map(\.number) } == [[0, 2], [1], [3]])
    }

    @Test func anInteractiveSegmentDoesNotWaitForBackgroundSegments() {
        var queue = Self.queue(
            lanes: 2, holding: (0..<4).map { Item(job: "hour", number: $0, priority: .background) })
        for number in 0..<2 { #expect(queue.next()?.items.map(\.number) == [number]) }
        #expect(queue.next() == nil)
        for number in 0..<2 { queue.add(Item(job: "short \(number)", number: number), of: "short \(number)") }
        #expect(queue.next()?.items.map(\.job) == ["short 0"], "one lane more")
        #expect(queue.next() == nil, "and no second one")
        queue.finish(.background)
        #expect(queue.next()?.items.map(\.job) == ["short 1"])
        queue.finish(.interactive)
        #expect(queue.next() == nil, "the background waits until a lane is left over")
        queue.finish(.interactive)
        #expect(queue.next()?.items.map(\.number) == [2])
    }

    @Test func interactiveSegmentsAloneUseAtMostTheLanes() {
        var queue = Self.queue(lanes: 2, holding: (0..<3).map { Item(job: "job \($0)", number: $0) })
        for number in 0..<2 { #expect(queue.next()?.items.map(\.number) == [number]) }
        #expect(queue.next() == nil)
    }

    @Test func backgroundSegmentsKeepTheirTurnBesideManyShortOnes() {
        var queue = Self.queue(lanes: 1, holding: [Item(job: "hour", number: 0, priority: .background)])
        for number in 0..<3 { queue.add(Item(job: "short \(number)", number: number), of: "short \(number)") }
        #expect(queue.next()?.priority == .background)
        #expect(queue.next()?.priority == .interactive)
        queue.finish(.interactive)
        #expect(queue.next()?.priority == .interactive)
    }

    @Test func onlyEqualPrioritiesAreBatched() {
        let items = [DecodePriority.interactive, .background, .interactive].enumerated().map {
            Item(job: "job \($0)", number: $0, priority: $1)
        }
        let calls = Self.drained(Self.queue(lanes: 1, BatchLimits(count: 4, total: 1000), holding: items))
        #expect(calls.map { $0.map(\.number) } == [[0, 2], [1]])
    }

    @Test(arguments: [(0.0, DecodePriority.interactive), (59.9, .interactive), (60, .background), (7200, .background)])
    func segmentsAfterTheFirstMinuteAreBackground(seconds: Double, priority: DecodePriority) {
        let segment = SpeechSegment(offset: Int(seconds * 16_000), audio: AudioBuffer(samples: [0]))
        #expect(DecodePriority(of: segment) == priority)
    }

    @Test func aCancelledJobLeavesNothing() {
        var queue = Self.queue(lanes: 1, holding: (0..<3).map { Item(job: "gone", number: $0) })
        queue.add(Item(job: "other", number: 0), of: "other")
        for number in 0..<3 { #expect(queue.remove(of: "gone") { $0.number == number }?.number == number) }
        #expect(queue.remove(of: "gone") { _ in true } == nil)
        #expect(Self.drained(queue) == [[Item(job: "other", number: 0)]])
    }

    /// For any items in any order: all are taken, each job's in order, and no job waits for more calls than there are
    /// other jobs.
    @Test(arguments: 0..<20)
    func noJobStarves(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var queue = Self.queue(lanes: 1, BatchLimits(count: .random(in: 1...4, using: &random), total: 60))
        var (added, taken, waited) = ([String: Int](), [String: Int](), [String: Int]())
        for _ in 0..<400 {
            if Bool.random(using: &random) {
                let job = "job \(Int.random(in: 0..<6, using: &random))"
                let item = Item(job: job, number: added[job, default: 0], length: .random(in: 5...40, using: &random))
                queue.add(item, of: job)
                added[job, default: 0] += 1
            } else if let (call, priority) = queue.next() {
                queue.finish(priority)
                for item in call {
                    #expect(item.number == taken[item.job, default: 0])
                    taken[item.job, default: 0] += 1
                }
                for job in added.keys {
                    let isServed = taken[job] == added[job] || call.contains { $0.job == job }
                    waited[job] = isServed ? 0 : waited[job, default: 0] + 1
                    #expect(waited[job, default: 0] < added.count)
                }
            }
        }
        for call in Self.drained(queue) { for item in call { taken[item.job, default: 0] += 1 } }
        #expect(taken == added)
    }
}

@Suite struct LivePriorityTests {
    private struct Item: Equatable {
        var priority: DecodePriority

        var measure: BatchMeasure { BatchMeasure(length: 10, request: RecognitionRequest(), priority: priority) }
    }

    private typealias Queue = DecodeQueue<String, Item>

    @Test func liveSegmentsGoFirstAndLooksLast() {
        var queue = Queue(lanes: 1, limits: .none, measure: \.measure)
        for priority in [DecodePriority.look, .background, .interactive, .live] {
            queue.add(Item(priority: priority), of: "\(priority)")
        }
        var order: [DecodePriority] = []
        while let (_, priority) = queue.next() {
            order.append(priority)
            queue.finish(priority)
        }
        #expect(order.first == .live)
        #expect(order.last == .look)
    }

    @Test func aLiveSegmentDoesNotWaitForLooksOrFiles() {
        for occupied in [DecodePriority.look, .interactive, .background] {
            var queue = Queue(lanes: 2, limits: .none, measure: \.measure)
            for index in 0..<2 { queue.add(Item(priority: occupied), of: "\(index)") }
            while queue.next() != nil {}
            queue.add(Item(priority: .live), of: "live")
            let next = queue.next()
            #expect(next?.priority == .live, "\(occupied)")
        }
    }

    @Test func aLookWaitsForAnIdleLane() {
        var queue = Queue(lanes: 1, limits: .none, measure: \.measure)
        queue.add(Item(priority: .live), of: "live")
        let first = queue.next()
        queue.add(Item(priority: .look), of: "look")
        let whileBusy = queue.next()
        queue.finish(.live)
        let whileIdle = queue.next()
        #expect(first?.priority == .live)
        #expect(whileBusy == nil)
        #expect(whileIdle?.priority == .look)
    }
}
