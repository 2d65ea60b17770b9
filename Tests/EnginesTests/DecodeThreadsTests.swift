import EngineLink
import Foundation
import ModelFamilies
import TestSupport
import Testing

@testable import Engines

@Suite struct DecodeThreadsTests {
    @Test(
        arguments: [([:], 4), (["num_threads": 1], 1), (["num_threads": 4], 4), (["num_threads": 9], 4)]
            as [([String: OptionValue], Int)])
    func aModelMayHaveFewerThreadsThanTheServer(options: [String: OptionValue], lanes: Int) {
        let model = ModelSpecification.fixture(.paraformer, options: ModelOptions(options))
        #expect(DecodeThreads(for: model, of: 4, memory: .max) == DecodeThreads(lanes: lanes, alone: lanes))
    }

    @Test(arguments: ModelFamily.allCases)
    func aFamilyThatDecodesOneSegmentAtATimeHasOneLaneWithAllThreads(family: ModelFamily) {
        let model = ModelSpecification(name: "m", family: family, files: [:])
        let threads = DecodeThreads(for: model, of: 3, memory: .max)
        #expect(threads.lanes * threads.perLane == 3)
        #expect((threads.lanes == 1) == (family.concurrency == .one))
    }

    @Test func aSingleDecodeGetsMoreThreadsIfASecondModelCopyIsSmall() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(count: 1_000_000), to: "model.onnx")
        let model = ModelSpecification(name: "m", family: .paraformer, files: ["model": path])
        #expect(DecodeThreads(for: model, of: 16, memory: 16_000_000) == DecodeThreads(lanes: 16, alone: 4))
        #expect(DecodeThreads(for: model, of: 2, memory: 16_000_000) == DecodeThreads(lanes: 2, alone: 2))
        #expect(DecodeThreads(for: model, of: 16, memory: 15_999_999) == DecodeThreads(lanes: 16, alone: 1))
    }

    @Test func linkedFilesAndExternalWeightsCount() throws {
        let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
        let weights = try cache.write(Data(count: 1_000_000), to: "blob")
        try FileManager.default.createSymbolicLink(atPath: folder.file("a.onnx"), withDestinationPath: weights)
        let linked = ModelSpecification(name: "m", family: .paraformer, files: ["model": folder.file("a.onnx")])
        #expect(DecodeThreads(for: linked, of: 2, memory: 16_000_000).alone == 2)
        #expect(DecodeThreads(for: linked, of: 2, memory: 15_999_999).alone == 1)
        try folder.write(Data(count: 1_000_000), to: "b.weights")
        let path = try folder.write(Data("graph".utf8), to: "b.onnx")
        let split = ModelSpecification(name: "m", family: .paraformer, files: ["model": path])
        #expect(DecodeThreads(for: split, of: 2, memory: 16_000_000).alone == 1)
        #expect(DecodeThreads(for: split, of: 2, memory: 17_000_000).alone == 2)
        let missing = ModelSpecification(name: "m", family: .paraformer, files: ["model": folder.file("none.onnx")])
        #expect(DecodeThreads(for: missing, of: 2, memory: .max).alone == 1)
    }
}
