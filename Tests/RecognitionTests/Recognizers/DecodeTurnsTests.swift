import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

@Suite struct DecodeTurnsTests {
    @Test func familiesThatDrawRandomNumbersDecodeOneAtATime() {
        #expect(ModelFamily.allCases.filter { $0.concurrency == .one } == [.funASRNano, .qwen3ASR])
    }

    @Test func exclusiveDecodesRunOneAtATime() async {
        let turns = DecodeTurns(.one)
        let running = Mutex(0)
        let overlaps = await onThreads(8) { _ in
            (0..<50).filter { _ in
                turns.take {
                    let isAlone = running.withLock {
                        $0 += 1; return $0 == 1
                    }
                    Thread.sleep(forTimeInterval: 0.0001)
                    running.withLock { $0 -= 1 }
                    return !isAlone
                }
            }.count
        }
        #expect(overlaps == Array(repeating: 0, count: 8))
    }

    /// Two decodes wait for each other, which would never end if they ran in turn.
    @Test func otherDecodesRunConcurrently() async {
        let turns = DecodeTurns(.any)
        let barrier = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
        let met = await onThreads(2) { number in
            turns.take {
                barrier[number].signal()
                return barrier[1 - number].wait(timeout: .now() + 60) == .success
            }
        }
        #expect(met == [true, true])
    }

    @Test func errorsOfADecodeAreThrown() {
        #expect(throws: ModelFileError(problem: "x")) {
            try DecodeTurns(.one).take { () throws(ModelFileError) in throw ModelFileError(problem: "x") }
        }
    }
}
