import Foundation
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

/// The errors for missing or wrong files, for every family, with or without a fixture model.
@BlockingCalls @Suite struct FamilyFaultTests {
    @Test(arguments: ModelFamily.allCases)
    func missingFilesAreNamed(family: ModelFamily) throws {
        for layout in family.fileLayouts {
            let folder = try TemporaryFolder()
            let model = Self.model(family, layout, in: folder)
            #expect(Set(model.faults().compactMap(\.file)) == Self.checkedFiles(of: model))
            let error = #expect(throws: RecognitionError.self) { try Recognizer(model) }
            #expect(error?.code == .modelUnusable)
            #expect(error?.message.contains(" cannot be used: the file '") == true)
            #expect(error?.message.contains(folder.path) == false)
            #expect(error?.message.contains("cannot be ") == true)
        }
    }

    @Test(arguments: ModelFamily.allCases)
    func filesOfAnotherKindAreNamed(family: ModelFamily) throws {
        for layout in family.fileLayouts {
            let folder = try TemporaryFolder()
            let model = Self.model(family, layout, in: folder)
            for (name, path) in model.files where family.contents(ofFolder: name) == nil {
                try Data("Not Found, sorry\n".utf8).write(to: URL(filePath: path))
            }
            let problems = Dictionary(grouping: model.faults(), by: { $0.file ?? "" })
            for (name, path) in model.files where family.contents(ofFolder: name) == nil {
                let words = name == "tokens" ? "line 1 is not 'symbol number'" : "is not an ONNX model"
                #expect(problems[path]?.first?.message.contains("the file '\(path)' \(words)") == true, "\(name)")
            }
        }
    }

    /// The file that identifies each family. Nothing in the files of Omnilingual and Qwen3 does, and the files of
    /// Moonshine only show that they belong to no other family.
    nonisolated static let telling: [(ModelFamily, String)] = [
        (.senseVoice, "model"), (.whisper, "encoder"), (.paraformer, "paraformer"), (.transducer, "encoder"),
        (.nemoCTC, "model"), (.wenetCTC, "model"), (.telespeechCTC, "telespeech_ctc"), (.tdnn, "model"),
        (.dolphin, "model"), (.medASR, "model"), (.fireRedASR, "encoder"), (.fireRedASRCTC, "model"),
        (.canary, "encoder"), (.cohereTranscribe, "encoder"), (.funASRNano, "encoder_adaptor"), (.funASRNano, "llm"),
        (.streamingTransducer, "encoder"), (.streamingParaformer, "encoder"), (.streamingZipformerCTC, "model"),
        (.streamingNeMoCTC, "model"), (.streamingToneCTC, "model"),
    ]

    @Test(arguments: telling)
    func aModelWithoutItsMetadataIsNamed(family: ModelFamily, file: String) throws {
        let folder = try TemporaryFolder()
        let model = Self.model(family, family.fileLayouts[0], in: folder)
        let path = try folder.write(.onnx(properties: [:]), to: file)
        let message = model.faults().first { $0.file == path }?.message
        #expect(message?.contains("which sherpa-onnx needs of a \(family.rawValue) model") == true, "\(message ?? "")")
    }

    @Test(arguments: [
        (ModelFamily.paraformer, "paraformer"), (.transducer, "encoder"), (.moonshine, "encoder"), (.nemoCTC, "model"),
        (.zipformerCTC, "model"), (.telespeechCTC, "telespeech_ctc"), (.medASR, "model"), (.fireRedASRCTC, "model"),
        (.canary, "encoder"), (.streamingToneCTC, "model"),
    ])
    func aModelOfAnotherFamilyIsNamed(family: ModelFamily, file: String) throws {
        let folder = try TemporaryFolder()
        let model = Self.model(family, family.fileLayouts[0], in: folder)
        let path = try folder.write(.onnx(properties: ["model_type": "another"]), to: file)
        let message = model.faults().first { $0.file == path }?.message
        #expect(message?.contains("has the model_type 'another' in its metadata") == true, "\(message ?? "")")
    }

    @Test(arguments: [
        ModelFamily.nemoCTC, .zipformerCTC, .wenetCTC, .telespeechCTC, .tdnn, .dolphin, .medASR, .fireRedASRCTC,
        .streamingZipformerCTC, .streamingNeMoCTC, .streamingToneCTC,
    ])
    func tokensWithoutABlankAreNamed(family: ModelFamily) throws {
        let folder = try TemporaryFolder()
        let model = Self.model(family, family.fileLayouts[0], in: folder)
        for (tokens, isGood) in [("a 0\nb 1\n", false), ("a 0\n<eps> 1\n", true), ("<blk> 0\na 1\n", true)] {
            let path = try folder.write(Data(tokens.utf8), to: "tokens")
            let message = model.faults().first { $0.file == path }?.message
            #expect(message == nil || message?.contains("has none of the tokens <blk>, <eps>, <blank>") == true)
            #expect((message == nil) == isGood)
        }
    }

    @Test(arguments: [
        ModelFamily.senseVoice, .nemoCTC, .wenetCTC, .tdnn, .dolphin, .omnilingual, .medASR, .streamingNeMoCTC,
    ])
    func fewerTokensThanTheModelKnowsAreNamed(family: ModelFamily) throws {
        let folder = try TemporaryFolder()
        let model = Self.model(family, family.fileLayouts[0], in: folder)
        let keys = family.setup.checks.requiredKeys["model"] ?? []
        var properties = Dictionary(uniqueKeysWithValues: keys.map { ($0, "1") })
        properties["vocab_size"] = "3"
        properties["model_type"] = family.setup.checks.modelTypes["model"]?.first
        try folder.write(.onnx(properties: properties), to: "model")
        let path = try folder.write(Data("<blk> 0\na 1\n".utf8), to: "tokens")
        #expect(model.faults().map(\.file) == [path])
        #expect(model.faults().first?.message.contains("has no token 2, and the model knows 3") == true)
    }

    @Test(arguments: [ModelFamily.canary, .cohereTranscribe])
    func tokensWithoutTheMarksOfTasksAreNamed(family: ModelFamily) throws {
        let folder = try TemporaryFolder()
        let model = Self.model(family, family.fileLayouts[0], in: folder)
        let marks = family.setup.checks.tokens
        for missing in marks {
            let lines = marks.filter { $0 != missing }.enumerated().map { "\($0.element) \($0.offset)\n" }
            let path = try folder.write(Data(lines.joined().utf8), to: "tokens")
            let message = model.faults().first { $0.file == path }?.message
            #expect(message?.contains("has no token \(missing), which the type needs") == true)
        }
        let path = try folder.write(Data(marks.map { "\($0) 0\n" }.joined().utf8), to: "tokens")
        #expect(model.faults().allSatisfy { $0.file != path })
    }

    @Test(arguments: ModelFamily.allCases)
    func logicalNamesOfAnotherFamilyAreRefusedWithTheRightOnes(family: ModelFamily) throws {
        let model = ModelSpecification(name: "m", family: family, files: ["tensor": "/t"])
        let error = #expect(throws: RecognitionError.self) { try model.layout() }
        #expect(error?.message.contains("type \(family.rawValue) takes ") == true)
        for name in family.fileLayouts.joined() { #expect(error?.message.contains(name) == true) }
    }

    private static func model(
        _ family: ModelFamily, _ layout: [String], in folder: TemporaryFolder
    ) -> ModelSpecification {
        let files = Dictionary(uniqueKeysWithValues: layout.map { ($0, folder.file($0)) })
        return ModelSpecification(name: "m", family: family, files: files)
    }

    private static func checkedFiles(of model: ModelSpecification) -> Set<String> {
        Set(
            model.files.flatMap { name, path in
                model.family.contents(ofFolder: name).map { $0.map { path + "/" + $0 } } ?? [path]
            })
    }
}
