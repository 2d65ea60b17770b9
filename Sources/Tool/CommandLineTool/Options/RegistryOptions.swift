import ArgumentParser
import Essentials
import ModelStore

/// The options for the paths of the models, shared by the server and the commands about models.
struct RegistryOptions: ParsableArguments {
    @OptionGroup var models: ModelFolderOption

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The model registry. (default: ~/.local/share/asr2clip/models.yaml, made on the first run)",
            valueName: "models.yaml"),
        completion: .file())
    var config: String?

    /// The paths that flags and environment give.
    var paths: ModelPaths { models.paths(registry: config) }
}

/// `--model-dir`.
struct ModelFolderOption: ParsableArguments {
    @Option(
        name: .customLong("model-dir"),
        help: ArgumentHelp(
            "Folder with the models, or with the default model's files. "
                + "(default: $ASR2CLIP_MODEL_DIR, else ~/.local/share/asr2clip/models)", valueName: "folder"),
        completion: .directory)
    var directory: String?

    /// Determines the paths from flags and environment.
    ///
    /// - Parameters:
    ///   - registry: The named registry, if any.
    ///   - fallback: The folder if the flag names none.
    /// - Returns: The paths.
    func paths(registry: String?, else fallback: String? = nil) -> ModelPaths {
        ModelPaths(
            environment: ProcessInfo.processInfo.environment, modelDirectory: directory ?? fallback,
            registryFile: registry, currentFolder: FileManager.default.currentDirectoryPath)
    }
}

/// `--num-threads`.
struct ThreadOption: ParsableArguments {
    @Option(
        name: .customLong("num-threads"),
        help: ArgumentHelp(
            "Segments recognised at once, at most one a processor core. (default: the registry's, else 4)",
            valueName: "number"))
    var number: Int?

    func validate() throws {
        if let number, number < 1 {
            throw ValidationError("The number of threads must be 1 or more, not \(number).")
        }
    }
}
