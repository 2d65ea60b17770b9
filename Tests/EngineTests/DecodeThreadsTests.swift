import SpeechRecognition
import TestSupport
import Testing

@testable import Engine

@Suite struct DecodeThreadsTests {
    @Test(
        arguments: [([:], 4), (["num_threads": 1], 1), (["num_threads": 4], 4), (["num_threads": 9], 4)]
            as [([String: OptionValue], Int)])
    func aModelMayHaveFewerThreadsThanTheServer(options: [String: OptionValue], lanes: Int) {
        let model = ModelSpecification.fixture(.paraformer, options: ModelOptions(options))
        #expect(DecodeThreads(for: model, of: 4) == DecodeThreads(lanes: lanes, perLane: 1))
    }

    @Test(arguments: ModelFamily.allCases)
    func aFamilyThatDecodesOneSegmentAtATimeHasOneLaneWithAllThreads(family: ModelFamily) {
        let model = ModelSpecification(name: "m", family: family, files: [:])
        let threads = DecodeThreads(for: model, of: 3)
        #expect(threads.lanes * threads.perLane == 3)
        #expect((threads.lanes == 1) == (family.concurrency == .one))
    }
}
