import Foundation
import ModelStore
import SpeechTypes
import TestSupport
import Testing

@testable import CommandLineTool

struct FirstModelTests {
    @Test(arguments: [
        ([:], nil), (["LANG": "C"], nil), (["LANG": "POSIX"], nil), (["LANG": "C.UTF-8"], nil),
        (["LANG": "de_DE.UTF-8"], "de"), (["LANG": "ru_RU.KOI8-R"], "ru"), (["LANG": "fr_BE@euro"], "fr"),
        (["LANG": "ko"], "ko"), (["LANG": "nb_NO.UTF-8"], "no"), (["LANG": "xx_XX.UTF-8"], nil),
        (["LANG": "de_DE", "LC_MESSAGES": "es_ES.UTF-8"], "es"),
        (["LANG": "de_DE", "LC_MESSAGES": "es_ES.UTF-8", "LC_ALL": "ja_JP.UTF-8"], "ja"),
        (["LANG": "de_DE", "LC_ALL": ""], "de"), (["LANG": "de_DE", "LC_ALL": "C"], nil), (["LANG": "/../é"], nil),
    ])
    func theLanguageIsThatOfTheLocale(environment: [String: String], code: String?) {
        #expect(Language(locale: environment)?.code == code)
    }

    @Test func theAdviceNamesModelsForTheLanguage() async throws {
        try await withTemporaryFolder { folder in
            let paths = paths(in: folder)
            let german = try #require(FirstModel.advice(paths, environment: ["LANG": "de_DE.UTF-8"]))
            #expect(german.contains("sensevoice-small (Chinese, English, Japanese, Korean, Cantonese)"))
            #expect(german.contains("For German, take fast-conformer-transducer-de-int8 on a slow machine"))
            #expect(german.contains(folder.path + "/asr2clip/models.yaml"))
            let elsewhere = ModelPaths(
                environment: ["HOME": folder.path], modelDirectory: "/my models", currentFolder: folder.path)
            let advice = try #require(FirstModel.advice(elsewhere, environment: ["LANG": "de_DE.UTF-8"]))
            #expect(advice.contains("asr2clip models pull NAME --model-dir '/my models', then"))
            let unknown = try #require(FirstModel.advice(paths, environment: ["LANG": "C"]))
            #expect(unknown.contains("For many languages, take whisper-base on a slow machine"))
            let filipino = try #require(FirstModel.advice(paths, environment: ["LANG": "fil_PH"]))
            #expect(!filipino.contains("take"))
            #expect(filipino.contains("asr2clip models search LANGUAGE"))
            #expect(!german.contains("\n"))
        }
    }

    @Test func adviceIsGivenUntilAModelIsChosenOrFetched() async throws {
        try await withTemporaryFolder { folder in
            let paths = paths(in: folder)
            let registry = "asr2clip/models.yaml"
            #expect(FirstModel.advice(paths, environment: [:]) != nil)
            _ = try ModelRegistry.load(from: paths)
            #expect(FirstModel.advice(paths, environment: [:]) != nil)
            let model = "asr2clip/models/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17/"
            try folder.write("", to: model + "model.int8.onnx")
            #expect(FirstModel.advice(paths, environment: [:]) != nil)
            try folder.write("", to: model + "tokens.txt")
            #expect(FirstModel.advice(paths, environment: [:]) == nil)
            try FileManager.default.removeItem(atPath: folder.file(model + "tokens.txt"))
            #expect(FirstModel.advice(paths, environment: [:]) != nil)
            try folder.write(try #require(folder.text(registry)) + "# mine\n", to: registry)
            #expect(FirstModel.advice(paths, environment: [:]) == nil)
        }
    }

    @Test func aRegistryThatTheUserNamesIsNoFirstRun() async throws {
        try await withTemporaryFolder { folder in
            let paths = ModelPaths(
                environment: ["HOME": folder.path], registryFile: folder.file("mine.yaml"), currentFolder: folder.path)
            #expect(FirstModel.advice(paths, environment: [:]) == nil)
        }
    }

    private func paths(in folder: TemporaryFolder) -> ModelPaths {
        ModelPaths(
            environment: ["HOME": folder.path, "XDG_DATA_HOME": folder.path], currentFolder: folder.path)
    }
}
