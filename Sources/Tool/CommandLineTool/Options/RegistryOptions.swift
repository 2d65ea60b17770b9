import ArgumentParser
import Essentials
import ModelStore

/// The options for the paths of the models, shared by the server and the commands about models.
struct RegistryOptions: ParsableArguments {
    @OptionGroup var models: ModelFolderOption

    @Option(
        name: .shortAndLong,
        help: .value(
            "models.yaml", "The model registry. (default: ~/.local/share/asr2clip/models.yaml, made on the first run)"),
        completion: .file())
    var config: String?

    var paths: ModelPaths { models.paths(registry: config) }
}

struct ModelFolderOption: ParsableArguments {
    @Option(
        help: .value(
            "folder",
            "Folder with the models, or with the default model's files. "
                + "(default: $ASR2CLIP_MODEL_DIR, else ~/.local/share/asr2clip/models)"), completion: .directory)
    var modelDir: String?

    @Option(
        help: .value(
            "url",
            "Server to fetch models from instead of github.com, with the same paths. "
                + "(default: $ASR2CLIP_MODEL_MIRROR)"))
    var modelMirror: String?

    /// The paths that flags and environment give; `fallback` is the folder if the flag names none.
    func paths(registry: String?, else fallback: String? = nil) -> ModelPaths {
        ModelPaths(
            environment: ProcessInfo.processInfo.environment, modelDirectory: modelDir ?? fallback,
            registryFile: registry, mirror: modelMirror,
            currentFolder: FileManager.default.currentDirectoryPath)
    }
}

struct ThreadOption: ParsableArguments {
    @Option(
        help: .value(
            "number", "Segments recognised at once, at most one a processor core. (default: the registry's, else 4)"))
    var numThreads: Int?

    func validate() throws { try ValidationError.check("The number of threads", numThreads) }
}
