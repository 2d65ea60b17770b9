import Essentials

/// The content of models.yaml: the models, their names, and the default model.
public struct ModelRegistry: Sendable, Equatable {
    /// The path of the file.
    public let file: String
    /// The name of the default model, with aliases resolved. Its entry may be unusable; then `problems` has the reason.
    public let defaultModel: String?
    /// How many threads recognition may use; `nil` if the file does not set it.
    public let numThreads: Int?
    /// The file's limits for admitted requests and models in memory.
    public let capacity: CapacitySettings
    /// Other names of models: alias → name.
    public let aliases: [String: String]
    /// The usable entries, in file order.
    public private(set) var entries: [ModelEntry]
    /// The mistakes in the file, by line.
    public let problems: [RegistryProblem]

    /// Reads the registry; if it has the default path and is missing, it is created first.
    ///
    /// - Parameters:
    ///   - paths: Where the registry and the models are.
    ///   - defaultModel: A name or alias that overrides the file's `default_model`.
    /// - Returns: The registry; lesser mistakes are in its `problems`.
    /// - Throws: `RegistryError` if the file as a whole is unusable, or there is no model named `defaultModel`.
    public static func load(from paths: ModelPaths, defaultModel: String? = nil) throws(RegistryError) -> Self {
        if paths.registryIsDefault { try DefaultRegistry.create(at: paths.registryFile) }
        return try reload(from: paths, defaultModel: defaultModel)
    }

    /// Like `load`, but a missing file is always an error, because it existed before.
    public static func reload(from paths: ModelPaths, defaultModel: String? = nil) throws(RegistryError) -> Self {
        let file = paths.registryFile
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            let reason = FileSystem.isOccupied(file) ? SystemReason.words(for: error) : "there is no such file"
            throw RegistryError(file: file, "Cannot read the model registry: \(reason).")
        }
        guard let yaml = String(data: bytes, encoding: .utf8) else {
            throw RegistryError(file: file, "The model registry is not UTF-8 text; save it as UTF-8.")
        }
        return try parse(yaml, file: file, paths: paths, defaultModel: defaultModel)
    }

    /// Parses the text of a registry.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - file: The path for problems.
    ///   - paths: Where the models are.
    ///   - defaultModel: A name or alias that overrides the text's `default_model`.
    /// - Returns: The registry; lesser mistakes are in its `problems`.
    /// - Throws: `RegistryError` if the text as a whole is unusable, or there is no model named `defaultModel`.
    public static func parse(
        _ yaml: String, file: String, paths: ModelPaths, defaultModel: String? = nil
    ) throws(RegistryError) -> Self {
        var reader = RegistryReader(file: file, paths: paths)
        var registry = try reader.read(yaml)
        if let defaultModel { registry = try registry.with(defaultModel: defaultModel) }
        registry.useModelsRootForDefault(paths)
        return registry
    }

    init(
        file: String, defaultModel: String?, numThreads: Int?, capacity: CapacitySettings, aliases: [String: String],
        entries: [ModelEntry], problems: [RegistryProblem]
    ) {
        self.file = file
        self.defaultModel = defaultModel
        self.numThreads = numThreads
        self.capacity = capacity
        self.aliases = aliases
        self.entries = entries
        self.problems = problems
    }

    /// The mistakes that make a subject unusable.
    public func mistakes(in subject: RegistryProblem.Subject) -> [RegistryProblem] {
        problems.filter { $0.subject == subject && $0.severity == .error }
    }

    /// The mistakes that an edit introduced: those in subjects that had none before.
    public func mistakes(since old: ModelRegistry) -> [RegistryProblem] {
        problems.filter { $0.severity == .error && old.mistakes(in: $0.subject).isEmpty }
    }

    /// The usable entry of this name; aliases are not followed.
    public func entry(named name: String) -> ModelEntry? {
        entries.first { $0.name == name }
    }

    /// All names a request may use: models in file order, then aliases.
    public var names: [String] {
        entries.map(\.name) + aliases.keys.sorted()
    }

    private func with(defaultModel name: String) throws(RegistryError) -> Self {
        let model = aliases[name] ?? name
        guard entry(named: model) != nil || !mistakes(in: .model(model)).isEmpty else {
            throw RegistryError(file: file, "No model is named '\(name)'; choose one of \(names.listed).")
        }
        return Self(
            file: file, defaultModel: model, numThreads: numThreads, capacity: capacity, aliases: aliases,
            entries: entries, problems: problems)
    }

    /// If the user set a models root that directly contains the default model's files, it is that model's directory.
    private mutating func useModelsRootForDefault(_ paths: ModelPaths) {
        guard paths.modelsRootIsChosen, let index = entries.firstIndex(where: { $0.name == defaultModel }) else {
            return
        }
        let moved = entries[index].moved(to: paths.modelsRoot)
        if moved.missingFiles().isEmpty { entries[index] = moved }
    }
}

extension ModelEntry {
    fileprivate func moved(to directory: String) -> Self {
        Self(
            name: name, family: family, directory: directory, files: files, options: options, download: download,
            maximumQueue: maximumQueue)
    }
}
