import Foundation
import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

/// Files for which sherpa-onnx would end the process. If a check fails, the test process crashes.
@BlockingCalls @Suite struct DamagedModelTests {
    enum Damage: Sendable {
        case missing, empty, truncated, text
        case replaced(by: String)
    }

    @Test(arguments: [
        (ModelFamily.senseVoice, "model", Damage.truncated, "is truncated"),
        (.senseVoice, "model", .empty, "is empty"),
        (.senseVoice, "model", .missing, "cannot be opened"),
        (.senseVoice, "model", .text, "is not an ONNX model"),
        (.senseVoice, "model", .replaced(by: "paraformer/model.onnx"), "has no 'normalize_samples'"),
        (.senseVoice, "tokens", .replaced(by: "paraformer/tokens.txt"), "has no token 50"),
        (.paraformer, "paraformer", .replaced(by: "zipformer_ctc/model.onnx"), "has the model_type 'zipformer2_ctc'"),
        (.paraformer, "tokens", .text, "line 1 is not 'symbol number'"),
        (.paraformer, "tokens", .missing, "cannot be opened"),
        (.paraformer, "tokens", .truncated, "has no token"),
        (.whisper, "encoder", .replaced(by: "transducer/encoder.onnx"), "has no 'n_mels'"),
        (.whisper, "decoder", .truncated, "is truncated"),
        (.whisper, "tokens", .empty, "has no tokens"),
        (.transducer, "encoder", .replaced(by: "whisper/decoder.onnx"), "has no 'model_type'"),
        (.transducer, "joiner", .truncated, "is truncated"),
        (.transducer, "decoder", .text, "is not an ONNX model"),
        (.transducer, "tokens", .truncated, "has no token"),
        (.paraformer, "paraformer", .replaced(by: "sense_voice/model.onnx"), "has the model_type 'sense_voice_ctc'"),
        (.transducer, "encoder", .replaced(by: "whisper/encoder.onnx"), "has the model_type 'whisper-fixture'"),
        (.zipformerCTC, "model", .truncated, "is truncated"),
        (.zipformerCTC, "model", .replaced(by: "transducer/encoder.onnx"), "has the model_type 'zipformer2'"),
        (
            .zipformerCTC, "tokens", .replaced(by: "whisper/tokens.txt"),
            "has none of the tokens <blk>, <eps>, <blank>"
        ),
        (.transducer, "encoder", .replaced(by: "streaming_transducer/encoder.onnx"), "has the model_type 'lstm'"),
        (
            .streamingTransducer, "encoder", .replaced(by: "transducer/encoder.onnx"),
            "has none of 'decode_chunk_len', 'window_size', 'left_feature_frames' in its metadata"
        ),
        (.streamingTransducer, "encoder", .truncated, "is truncated"),
        (.streamingTransducer, "encoder", .empty, "is empty"),
        (.streamingTransducer, "encoder", .missing, "cannot be opened"),
        (.streamingTransducer, "decoder", .replaced(by: "streaming_transducer/joiner.onnx"), "has no 'vocab_size'"),
        (.streamingTransducer, "decoder", .text, "is not an ONNX model"),
        (.streamingTransducer, "joiner", .truncated, "is truncated"),
        (.streamingTransducer, "tokens", .truncated, "has no token"),
        (.streamingTransducer, "tokens", .text, "line 1 is not 'symbol number'"),
        (.moonshine, "encoder", .replaced(by: "transducer/encoder.onnx"), "has the model_type 'zipformer2'"),
        (.moonshine, "encoder", .empty, "is empty"),
        (.moonshine, "tokens", .text, "line 1 is not 'symbol number'"),
    ])
    func aDamagedFileIsNamedBeforeAnythingLoads(
        family: ModelFamily, file: String, damage: Damage, problem: String
    ) throws {
        let folder = try TemporaryFolder()
        let model = try ModelSpecification.fixture(family).damaging(file, damage, in: folder)
        let error = #expect(throws: RecognitionError.self) { try Recognizer(model) }
        #expect(error?.code == .modelUnusable)
        #expect(error?.message.hasPrefix("Model 'tiny-\(family.rawValue)' cannot be used: the file '") == true)
        let name = URL(filePath: try #require(model.files[file])).lastPathComponent
        #expect(error?.message.contains("'\(name)' \(problem)") == true, "\(error?.message ?? "")")
    }

    @Test func readingLanguagesOfADamagedModelIsAnError() throws {
        let folder = try TemporaryFolder()
        let model = try ModelSpecification.fixture(.whisper).damaging("encoder", .truncated, in: folder)
        #expect(throws: RecognitionError.self) { try LanguageSupport(of: model) }
    }

    @Test func theLibrarysErrorsKeepTheirMessage() throws {
        let folder = try TemporaryFolder()
        let model = try ModelSpecification.fixture(.paraformer)
            .replacing("tokens", with: folder.write(tokens(50), to: "tokens.txt"))
        let error = #expect(throws: RecognitionError.self) { try Recognizer(model) }
        #expect(error?.code == .modelUnusable)
        #expect(error?.message.hasPrefix("Model 'tiny-paraformer' cannot be loaded: ") == true)
        #expect(error?.message.contains("Failed to create OfflineRecognizer") == true, "\(error?.message ?? "")")
    }

    /// The `.ort` format is not validated; the library detects the fault itself.
    @Test func aTruncatedORTFileIsRefused() throws {
        let folder = try TemporaryFolder()
        let model = try ModelSpecification.fixture(.moonshine).damaging("encoder", .truncated, in: folder)
        let error = #expect(throws: RecognitionError.self) { try Recognizer(model) }
        #expect(error?.code == .modelUnusable)
        #expect(error?.message.contains("ORT model verification failed") == true, "\(error?.message ?? "")")
        let name = URL(filePath: try #require(model.files["encoder"])).lastPathComponent
        #expect(error?.message.contains(name) == true && error?.message.contains(folder.path) == false)
    }

    /// A file of this many tokens, without those that the library treats specially.
    private func tokens(_ count: Int) -> Data {
        Data((0..<count).map { "t\($0) \($0)\n" }.joined().utf8)
    }
}

extension ModelSpecification {
    /// This model with another file in place of one of its own.
    fileprivate func replacing(_ file: String, with path: String) -> ModelSpecification {
        ModelSpecification(
            name: name, family: family, files: files.merging([file: path]) { $1 }, options: options)
    }

    /// This model with a damaged copy in place of one of its files.
    fileprivate func damaging(
        _ file: String, _ damage: DamagedModelTests.Damage, in folder: TemporaryFolder
    ) throws -> ModelSpecification {
        let original = try Data(contentsOf: URL(filePath: files[file] ?? ""))
        let content: Data? =
            switch damage {
            case .missing: nil
            case .empty: Data()
            case .truncated: original.truncated
            case .text: Data("Not Found, sorry\n".utf8)
            case .replaced(let other):
                try Data(contentsOf: URL(filePath: Fixtures.path("Tests/Fixtures/models/\(other)")))
            }
        let name = URL(filePath: files[file] ?? "").lastPathComponent
        if let content { try folder.write(content, to: name) }
        return replacing(file, with: folder.file(name))
    }
}

extension Data {
    /// The first half; for a text file, only the complete lines in it.
    fileprivate var truncated: Data {
        let half = prefix(count / 2)
        guard String(data: self, encoding: .utf8) != nil, let end = half.lastIndex(of: UInt8(ascii: "\n")) else {
            return half
        }
        return half[...end]
    }
}
