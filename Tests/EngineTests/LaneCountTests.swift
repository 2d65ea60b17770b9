import SpeechRecognition
import TestSupport
import Testing

@testable import Engine

@Suite struct LaneCountTests {
    @Test(
        arguments: [([:], 4), (["num_threads": 1], 1), (["num_threads": 4], 4), (["num_threads": 9], 4)]
            as [([String: OptionValue], Int)])
    func aModelMayHaveFewerLanesThanTheServer(options: [String: OptionValue], lanes: Int) {
        #expect(ModelSpecification.fixture(.paraformer, options: ModelOptions(options)).lanes(of: 4) == lanes)
    }
}
