import Foundation
import TestSupport
import Testing

@testable import ModelFamilies

/// Files of models for streaming on which sherpa-onnx would end the process, or decode for ever.
@Suite struct StreamingFaultTests {
    private static let icefall = [
        "model_type": "zipformer2", "decode_chunk_len": "32", "T": "45", "encoder_dims": "1", "query_head_dims": "1",
        "value_head_dims": "1", "num_heads": "1", "num_encoder_layers": "1", "cnn_module_kernels": "1",
        "left_context_len": "1",
    ]
    private static let nemo = [
        "model_type": "EncDecHybridRNNTCTCBPEModel", "vocab_size": "2", "window_size": "25", "chunk_shift": "16",
        "subsampling_factor": "8", "pred_rnn_layers": "1", "pred_hidden": "640", "cache_last_channel_dim1": "1",
        "cache_last_channel_dim2": "1", "cache_last_channel_dim3": "1", "cache_last_time_dim1": "1",
        "cache_last_time_dim2": "1", "cache_last_time_dim3": "1",
    ]
    private static let nemoUnified = [
        "model_type": "EncDecRNNTBPEModel", "streaming_model_type": "nemo_parakeet_unified_streaming",
        "vocab_size": "2", "subsampling_factor": "8", "pred_rnn_layers": "1", "pred_hidden": "640",
        "left_feature_frames": "8", "chunk_feature_frames": "8", "right_feature_frames": "8",
        "left_encoder_frames": "1", "chunk_encoder_frames": "1", "right_encoder_frames": "1",
    ]

    @Test(arguments: [icefall, nemo, nemoUnified])
    func everyKindOfTransducerMustHaveItsMetadata(encoder: [String: String]) throws {
        let folder = try TemporaryFolder()
        #expect(try Self.transducer(encoder: encoder, in: folder).faults().map(\.message) == [])
        for key in encoder.keys where encoder == Self.icefall || key != "model_type" {
            let model = try Self.transducer(encoder: encoder.filter { $0.key != key }, in: folder)
            #expect(model.faults().first?.message.contains("'\(key)'") == true, "\(key)")
        }
    }

    @Test(arguments: [("model_type", "offline"), ("decode_chunk_len", "0"), ("T", "-1"), ("T", "many")])
    func aValueThatTheLibraryCannotUseIsNamed(key: String, value: String) throws {
        let folder = try TemporaryFolder()
        let model = try Self.transducer(encoder: Self.icefall.merging([key: value]) { $1 }, in: folder)
        let message = model.faults().first?.message ?? ""
        #expect(message.contains("'\(value)'") && message.contains(key), "\(message)")
    }

    @Test(arguments: [(icefall, true), (nemo, false), (nemoUnified, false)])
    func beamSearchIsForTheKindsThatHaveIt(encoder: [String: String], isFine: Bool) throws {
        let folder = try TemporaryFolder()
        let options = ModelOptions(["decoding_method": "modified_beam_search"])
        let faults = try Self.transducer(encoder: encoder, options: options, in: folder).faults().map(\.message)
        #expect(faults.isEmpty == isFine)
        #expect(faults.allSatisfy { $0.hasSuffix("write decoding_method: greedy_search.") })
    }

    @Test(arguments: [
        ("a 0\nb 1\n<blk> 2\n", true), ("<blk> 0\na 1\nb 2\n", false), ("a 0\nb 1\nc 2\n<blk> 3\n", false),
    ])
    func theBlankOfNeMoIsTheLastToken(tokens: String, isFine: Bool) throws {
        let folder = try TemporaryFolder()
        let faults = try Self.transducer(encoder: Self.nemo, tokens: tokens, in: folder).faults().map(\.message)
        #expect(faults.isEmpty == isFine)
        #expect(faults.allSatisfy { $0.contains("has not <blk> as its token 2, the last one") })
    }

    @Test(arguments: [nemo, nemoUnified])
    func theTypeForRecordingsNamesTheTypeForStreaming(encoder: [String: String]) throws {
        let folder = try TemporaryFolder()
        let model = try Self.transducer(.transducer, encoder: encoder, in: folder)
        #expect(model.faults().first?.message.contains("write the type streaming_transducer") == true)
    }

    @Test(
        arguments: [
            (["T": "35"], 660), (["T": "141"], 1720), (["window_size": "25"], 560), ([:], 760),
            (["T": "99999999999999"], 10_310), (["T": "0"], 320),
        ] as [([String: String], Int)])
    func theTailIsAChunkAndSomeMore(encoder: [String: String], tail: Int) throws {
        let folder = try TemporaryFolder()
        let padding = try Self.transducer(encoder: encoder, in: folder).streamPadding()
        #expect(padding == StreamPadding(tail: .milliseconds(tail)))
    }

    @Test func theTailOfTheFixtureIsThatOfTheLibrarysExamples() throws {
        let padding = try ModelSpecification.fixture(.streamingTransducer).streamPadding()
        #expect(padding == StreamPadding(tail: .milliseconds(660)))
        for family in ModelFamily.allCases where !family.isStreaming {
            #expect(try ModelSpecification.fixture(family).streamPadding() == nil)
        }
    }

    @Test func theFamiliesForStreamingAreThoseThatSaySo() {
        for family in ModelFamily.allCases {
            #expect(family.isStreaming == family.rawValue.hasPrefix("streaming_"), "\(family)")
        }
    }

    private static func transducer(
        _ family: ModelFamily = .streamingTransducer, encoder: [String: String],
        tokens: String = "a 0\nb 1\n<blk> 2\n", options: ModelOptions = ModelOptions(), in folder: TemporaryFolder
    ) throws -> ModelSpecification {
        let files = [
            "encoder": try folder.write(.onnx(properties: encoder), to: "encoder.onnx"),
            "decoder": try folder.write(
                .onnx(properties: ["vocab_size": "2", "context_size": "2"]), to: "decoder.onnx"),
            "joiner": try folder.write(.onnx(properties: [:]), to: "joiner.onnx"),
            "tokens": try folder.write(Data(tokens.utf8), to: "tokens.txt"),
        ]
        return ModelSpecification(name: "m", family: family, files: files, options: options)
    }
}
