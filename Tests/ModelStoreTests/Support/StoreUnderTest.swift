import Crypto
import EngineHost
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ModelStore

extension TemporaryFolder {
    /// The paths of a user whose data is all in this folder.
    var paths: ModelPaths {
        ModelPaths(environment: ["XDG_DATA_HOME": path, "HOME": path], currentFolder: path)
    }

    /// A registry of one SenseVoice model named `voice`, in the folder `voice` of the models root.
    func registry(download: String?, dir: String = "voice", model: String = "m.onnx") throws -> ModelRegistry {
        let yaml = """
            default_model: voice
            models:
              voice:
                type: sense_voice
                dir: \(dir)
                files: {model: \(model), tokens: tokens.txt}
                \(download.map { "download: {\($0)}" } ?? "")
            """
        return try ModelRegistry.parse(yaml, file: "models.yaml", paths: paths)
    }

    /// A store, and the entry of its one model.
    func store(
        download: String?, dir: String = "voice", settings: FetchSettings = .quick,
        program: any EngineProgram = EngineProcess(.built), logger: Logger = .silent,
        onProgress: (@Sendable (DownloadProgress) -> Void)? = { _ in }
    ) throws -> (ModelLibrary, ModelEntry) {
        let registry = try registry(download: download, dir: dir)
        let store = ModelLibrary(
            registry: registry, paths: paths, program: program, logger: logger, onProgress: onProgress,
            settings: settings)
        return (store, try #require(registry.entries.first))
    }
}

extension EngineExecutable {
    /// The engine that was built with the tests.
    static var built: Self { Self(path: ServerProcess.path(of: name)) }
}

extension FetchSettings {
    /// The default settings, but without pauses between attempts.
    static var quick: Self {
        Self(pause: .milliseconds(1), longestPause: .milliseconds(1), waitInterval: .milliseconds(5))
    }

    /// `quick` with a further change.
    static func quick(_ change: (inout Self) -> Void) -> Self {
        var settings = Self.quick
        change(&settings)
        return settings
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// The progress reports of a download, in order.
final class Reports: Sendable {
    private let all = Mutex<[DownloadProgress]>([])

    var phases: [DownloadProgress.Phase] { all.withLock { $0.map(\.phase) } }
    var list: [DownloadProgress] { all.withLock { $0 } }

    func add(_ progress: DownloadProgress) { all.withLock { $0.append(progress) } }
}

/// A valid archive of the model `voice`.
let voiceArchive: [TestArchive.Entry] = [
    .folder("sense-voice"),
    .file("sense-voice/m.onnx", "the model"),
    .file("sense-voice/tokens.txt", "the tokens"),
    .file("sense-voice/test_wavs/en.wav", "sound"),
]

/// The paths that are left when all downloaded models have been removed.
let emptyModelsFolder = ["asr2clip", "asr2clip/models", "asr2clip/models/.asr2clip-hashes.json"]

/// The paths of the files of `voiceArchive` after a download.
let voiceFiles =
    emptyModelsFolder + [
        "asr2clip/models/voice", "asr2clip/models/voice/.asr2clip-download.json", "asr2clip/models/voice/m.onnx",
        "asr2clip/models/voice/test_wavs", "asr2clip/models/voice/test_wavs/en.wav", "asr2clip/models/voice/tokens.txt",
    ]

func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
}
