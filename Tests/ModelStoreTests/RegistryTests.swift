import Foundation
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import ModelStore

struct RegistryTests {
    /// The registry shown on the product's page.
    static let page = """
        default_model: sensevoice-small
        num_threads: 4

        models:
          sensevoice-small:
            type: sense_voice
            dir: sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17
            files:
              model: model.int8.onnx
              tokens: tokens.txt
            options:
              use_itn: true
              language: ""          # empty = auto-detect
            download:
              url: "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17.tar.bz2"
              archive_subdir: sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17

        """

    @Test func theFirstRunWritesAndReadsTheDocumentedRegistry() async throws {
        try await withTemporaryFolder { folder in
            let registry = try ModelRegistry.load(from: folder.paths)
            let written = try #require(folder.text("asr2clip/models.yaml"))
            #expect(written.hasPrefix("#"))
            #expect(written.split(separator: "\n", maxSplits: 1).last.map(String.init) == Self.page)
            try #expect(folder.contents == ["asr2clip", "asr2clip/models.yaml"])
            #expect(registry.problems == [])
            #expect(registry.defaultModel == "sensevoice-small")
            #expect(registry.numThreads == 4)
            let name = "sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17"
            let entry = try #require(registry.entries.first)
            #expect(entry.directory == folder.path + "/asr2clip/models/" + name)
            #expect(entry.options == ModelOptions(["use_itn": true]))
            #expect(entry.download?.archiveSubdir == name)
            #expect(entry.missingFiles() == ["model.int8.onnx", "tokens.txt"])
        }
    }

    @Test func anExistingRegistryIsKept() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("models: {}", to: "asr2clip/models.yaml")
            #expect(try ModelRegistry.load(from: folder.paths).entries == [])
            #expect(folder.text("asr2clip/models.yaml") == "models: {}")
        }
    }

    @Test func aMissingConfigIsAnErrorAndIsNotCreated() async throws {
        try await withTemporaryFolder { folder in
            let paths = ModelPaths(environment: [:], registryFile: "mine.yaml", currentFolder: folder.path)
            let error = #expect(throws: RegistryError.self) { try ModelRegistry.load(from: paths) }
            #expect(error?.file == folder.path + "/mine.yaml")
            #expect(error?.message.contains("no such file") == true)
            try #expect(folder.contents == [])
        }
    }

    @Test func everyEntryBecomesASpecification() throws {
        let yaml = """
            aliases: {whisper-1: w}
            default_model: whisper-1
            keep_alive: never
            models:
              w:
                type: whisper
                dir: /opt/w
                files: {encoder: e.onnx, decoder: sub//d.onnx, tokens: t.txt}
                options: {language: EN-us, task: translate}
              moon1: {type: moonshine, dir: m, files: {encoder: e, merged_decoder: d, tokens: t}}
              moon2:
                type: moonshine
                dir: ~/m
                files: {preprocessor: p, encoder: e, uncached_decoder: u, cached_decoder: c, tokens: t}
              bare: {type: paraformer, dir: b, files: {paraformer: p, tokens: t}, options: , download: ~}
            """
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], modelDirectory: "/m", currentFolder: "/")
        let registry = try ModelRegistry.parse(yaml, file: "f", paths: paths)
        #expect(registry.problems == [])
        #expect(registry.defaultModel == "w")
        #expect(registry.names == ["w", "moon1", "moon2", "bare", "whisper-1"])
        #expect(registry.entries.map(\.directory) == ["/opt/w", "/m/m", "/home/ada/m", "/m/b"])
        #expect(
            registry.entries.first?.specification
                == ModelSpecification(
                    name: "w", family: .whisper,
                    files: ["encoder": "/opt/w/e.onnx", "decoder": "/opt/w/sub/d.onnx", "tokens": "/opt/w/t.txt"],
                    options: ModelOptions(language: Language(code: "en"), ["task": "translate"])))
    }

    @Test func aModelDirThatHoldsTheDefaultModelsFilesIsItsDirectory() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("x", to: "m.onnx")
            try folder.write("x", to: "tokens.txt")
            let paths = ModelPaths(environment: ["HOME": "/"], modelDirectory: folder.path, currentFolder: "/")
            let yaml = """
                default_model: a
                models:
                  a: {type: sense_voice, dir: a, files: {model: m.onnx, tokens: tokens.txt}}
                  b: {type: sense_voice, dir: b, files: {model: m.onnx, tokens: tokens.txt}}
                """
            let registry = try ModelRegistry.parse(yaml, file: "f", paths: paths)
            #expect(registry.entries.map(\.directory) == [folder.path, folder.path + "/b"])
            let other = try ModelRegistry.parse(yaml, file: "f", paths: paths, defaultModel: "b")
            #expect(other.defaultModel == "b")
            #expect(other.entries.map(\.directory) == [folder.path + "/a", folder.path])
            try FileManager.default.removeItem(atPath: folder.path + "/m.onnx")
            #expect(
                try ModelRegistry.parse(yaml, file: "f", paths: paths).entries.first?.directory == folder.path + "/a")
        }
    }

    @Test func anUnknownDefaultModelIsRefusedListingTheNames() throws {
        let yaml = """
            aliases: {x: a}
            models:
              a: {type: sense_voice, dir: a, files: {model: m, tokens: t}}
            """
        let paths = ModelPaths(environment: ["HOME": "/"], currentFolder: "/")
        #expect(try ModelRegistry.parse(yaml, file: "f", paths: paths, defaultModel: "x").defaultModel == "a")
        let error = #expect(throws: RegistryError.self) {
            try ModelRegistry.parse(yaml, file: "f", paths: paths, defaultModel: "nope")
        }
        #expect(error?.message == "No model is named 'nope'; choose one of a, x.")
    }

    @Test(arguments: [
        ("models: [a\nb: c", 2, "not YAML"), ("- a\n- b", 1, "no mapping"), ("", 1, "no mapping"),
        ("just text", 1, "no mapping"), ("a: 1\nmodels:\n  a: 1\n  b: 1\n  a: 2", 3, "a is written again"),
        ("models:\n\ta: 1", 2, "not YAML"), ("a: 1\n---\nb: 2", 2, "not YAML"),
    ])
    func anInvalidRegistryIsRefusedWithItsLine(yaml: String, line: Int, part: String) throws {
        let paths = ModelPaths(environment: ["HOME": "/"], currentFolder: "/")
        let error = #expect(throws: RegistryError.self) { try ModelRegistry.parse(yaml, file: "f.yaml", paths: paths) }
        #expect(error?.line == line)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(error?.description.hasPrefix("f.yaml:\(line): ") == true)
    }

    @Test func aBinaryFileIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try Data([0xFF, 0xFE, 0x80]).write(to: URL(fileURLWithPath: folder.path + "/m.yaml"))
            let paths = ModelPaths(environment: [:], registryFile: folder.path + "/m.yaml", currentFolder: "/")
            #expect(throws: RegistryError.self) { try ModelRegistry.load(from: paths) }
        }
    }
}
