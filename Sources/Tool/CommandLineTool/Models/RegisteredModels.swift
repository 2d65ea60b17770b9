import EngineHost
import Essentials
import Logging
import ModelStore

/// The registry and the models on disk, for the commands about models.
struct RegisteredModels {
    let registry: ModelRegistry
    let paths: ModelPaths
    let store: ModelLibrary

    /// Opens the registry that the options name.
    ///
    /// - Parameters:
    ///   - options: The options that name it.
    ///   - onProgress: Called with the progress of all downloads.
    /// - Throws: `RegistryError` if it is unusable as a whole, `Failure` if this program cannot be found.
    init(
        _ options: ModelsOptions, onProgress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) throws {
        paths = options.registry.paths
        registry = try ModelRegistry.load(from: paths)
        var logger = Logger(label: "asr2clip", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .critical
        let proxies = ProxySettings(environment: ProcessInfo.processInfo.environment)
        store = ModelLibrary(
            registry: registry, paths: paths, proxies: proxies,
            engine: EngineExecutable(besideProgram: try ThisProgram.path()), logger: logger, onProgress: onProgress)
    }

    /// Whether a name is the default model's.
    func isDefault(_ name: String) -> Bool { name == registry.defaultModel }

    /// The aliases of a model.
    func aliases(of name: String) -> [String] {
        registry.aliases.filter { $0.value == name }.keys.sorted()
    }

    /// The models whose entries cannot be used, each with its mistakes.
    var unusable: [(name: String, mistakes: [RegistryProblem])] {
        let mistakes = registry.problems.filter { $0.severity == .error }
        var names: [String] = []
        for case .model(let name) in mistakes.map(\.subject) where !names.contains(name) { names.append(name) }
        return names.map { name in (name, mistakes.filter { $0.subject == .model(name) }) }
    }
}

extension ModelStatus {
    /// The status as a word, for JSON.
    var word: String {
        switch self {
        case .missing: "missing"
        case .downloading: "downloading"
        case .present: "present"
        }
    }

    /// The share that is downloaded, if known.
    var percent: Int? {
        if case .downloading(let percent) = self { percent } else { nil }
    }

    /// The status for a table.
    var shown: String { percent.map { "\(word) \($0) %" } ?? word }
}
