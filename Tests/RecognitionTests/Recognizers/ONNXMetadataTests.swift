import Foundation
import TestSupport
import Testing

@testable import ModelFamilies

@BlockingCalls @Suite struct ONNXMetadataTests {
    @Test(arguments: [
        ("sense_voice/model.onnx", "lang_yue", "7"), ("sense_voice/model.onnx", "vocab_size", "82"),
        ("paraformer/model.onnx", "lfr_window_size", "7"), ("whisper/encoder.onnx", "n_text_ctx", "160"),
        ("whisper/encoder.onnx", "non_speech_tokens", ""), ("transducer/encoder.onnx", "model_type", "zipformer2"),
        ("transducer/decoder.onnx", "context_size", "2"), ("zipformer_ctc/model.onnx", "comment", "ctc head"),
    ])
    func propertiesAreRead(file: String, key: String, value: String) throws {
        let metadata = try ONNXMetadata(path: Fixtures.path("Tests/Fixtures/models/\(file)"))
        #expect(metadata.properties[key] == value)
        #expect(!metadata.isORT)
    }

    @Test func aModelMayHaveNoProperties() throws {
        #expect(try ONNXMetadata(path: Fixtures.model("whisper", "decoder.onnx")).properties.isEmpty)
    }

    @Test func ortFilesStorePropertiesElsewhere() throws {
        let metadata = try ONNXMetadata(path: Fixtures.starterModel("encoder_model.ort"))
        #expect(metadata.isORT)
        #expect(metadata.properties.isEmpty)
    }

    @Test(arguments: ["", "a", String(repeating: "long ", count: 100), "中文"])
    func valuesOfAnyLengthAreRead(value: String) throws {
        let metadata = try metadata(of: .onnx(properties: ["key": value, "": "empty key"]))
        #expect(metadata.properties == ["key": value, "": "empty key"])
    }

    /// Every length except those that leave a whole number of properties.
    @Test func aFileThatEndsTooEarlyIsRefused() throws {
        let properties = ["a": "1", "b": "22", "c": String(repeating: "3", count: 200)]
        let whole = Data.onnx(properties: properties)
        let ends = [[:], ["a": "1"], ["a": "1", "b": "22"]].map { Data.onnx(properties: $0).count }
        for length in 0..<whole.count where !ends.contains(length) {
            #expect(throws: ModelFileError.self, "\(length) bytes") { try metadata(of: whole.prefix(length)) }
        }
        #expect(try metadata(of: whole).properties == properties)
    }

    @Test(arguments: ["whisper/encoder.onnx", "transducer/joiner.onnx", "sense_voice/model.onnx"])
    func aTruncatedModelIsRefusedWithItsLength(file: String) throws {
        let whole = try Data(contentsOf: URL(filePath: Fixtures.path("Tests/Fixtures/models/\(file)")))
        var generator = SeededGenerator(seed: UInt64(whole.count))
        for _ in 0..<50 {
            let length = Int.random(in: 100...whole.count / 2, using: &generator)
            let error = #expect(throws: ModelFileError.self) { try metadata(of: whole.prefix(length)) }
            #expect(error?.problem.contains("is truncated: it has \(length) bytes") == true, "\(error?.problem ?? "")")
        }
    }

    @Test(arguments: [
        (Data(), "is empty"), (Data("<html>404</html>".utf8), "is not an ONNX model"),
        (Data("version https://git-lfs.github.com/spec/v1\n".utf8), "is not an ONNX model"),
        (Data(count: 1000), "is not an ONNX model"), (Data(repeating: 0xFF, count: 1000), "is not an ONNX model"),
        (Data([0x08, 0x07]), "is not an ONNX model"),
    ])
    func otherFilesAreRefused(content: Data, words: String) throws {
        let error = #expect(throws: ModelFileError.self) { try metadata(of: content) }
        #expect(error?.problem.hasPrefix(words) == true, "\(error?.problem ?? "")")
    }

    /// Field 7, whose length is a number of up to nine bytes (protobuf.dev, Encoding).
    @Test(arguments: [
        ([UInt8](repeating: 0xFF, count: 8) + [0x7F], "9223372036854775807"),
        ([UInt8](repeating: 0xFE, count: 8) + [0x7F], "9222804654224555914"),
        ([0x80, 0x80, 0x80, 0x80, 0x20], "8589934600"),
    ])
    func aLengthNearTheLargestNumberIsATruncatedFile(length: [UInt8], part: String) throws {
        let error = #expect(throws: ModelFileError.self) { try metadata(of: Data([0x08, 0x07, 0x3A] + length)) }
        #expect(error?.problem.contains("is truncated") == true, "\(error?.problem ?? "")")
        #expect(error?.problem.contains(part) == true, "\(error?.problem ?? "")")
    }

    @Test func aPropertyAsLongAsAModelIsNotRead() throws {
        var property = Data()
        property.append(field: 1, Data("key".utf8))
        property.append(field: 2, Data(count: 17 << 20))
        var file = Data.onnx(properties: [:])
        file.append(field: 14, property)
        let error = #expect(throws: ModelFileError.self) { try metadata(of: file) }
        #expect(error?.problem.contains("malformed metadata") == true)
    }

    /// A sparse file may be larger than the disk.
    @Test func aHugeFileOfZerosIsRefusedAtItsFirstByte() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(), to: "model.onnx")
        try #require(truncate(path, 1 << 40) == 0)
        let error = #expect(throws: ModelFileError.self) { try ONNXMetadata(path: path) }
        #expect(error?.problem == "is not an ONNX model")
    }

    @Test func randomBytesNeverCrashTheReader() throws {
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<300 {
            let length = Int.random(in: 1...200, using: &generator)
            let content = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
            let file = Data.onnx(properties: [:], graph: 3) + content
            _ = try? metadata(of: file)
        }
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: ModelFileError.self) { try ONNXMetadata(path: "/nowhere/model.onnx") }
        #expect(error?.path == "/nowhere/model.onnx")
        #expect(error?.problem.hasPrefix("cannot be opened") == true)
    }

    private func metadata(of content: Data) throws -> ONNXMetadata {
        let folder = try TemporaryFolder()
        return try ONNXMetadata(path: folder.write(content, to: "model.onnx"))
    }
}
