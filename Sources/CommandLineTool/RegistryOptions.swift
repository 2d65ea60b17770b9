import ArgumentParser
import Foundation
import ModelStore

/// Where the models are: the same options for the server and for the commands that work beside it.
struct RegistryOptions: ParsableArguments {
    @Option(
        name: .customLong("model-dir"),
        help: ArgumentHelp(
            "Folder with the models, or with the default model's files. "
                + "(default: $ASR2CLIP_MODEL_DIR, else ~/.local/share/asr2clip/models)", valueName: "folder"))
    var modelDirectory: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The model registry. (default: ~/.local/share/asr2clip/models.yaml, made on the first run)",
            valueName: "models.yaml"))
    var config: String?

    /// The paths that flags and environment give.
    var paths: ModelPaths {
        ModelPaths(
            environment: ProcessInfo.processInfo.environment, modelDirectory: modelDirectory, registryFile: config,
            currentFolder: FileManager.default.currentDirectoryPath)
    }
}
