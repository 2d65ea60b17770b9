import Essentials

/// The content of models.yaml: the models, their names, and the default model.
package struct ModelRegistry: Sendable, Equatable {
    package let file: String
    /// The name of the default model, with aliases resolved. Its entry may be unusable; then `problems` has the reason.
    package private(set) var defaultModel: String?
    /// How many threads recognition may use; `nil` if the file does not set it.
    package let numThreads: Int?
    package let capacity: CapacitySettings
    /// Other names of models: alias → name.
    package let aliases: [String: String]
    /// The usable entries of models of this machine, in file order.
    package private(set) var entries: [ModelEntry]
    /// The usable entries of models on other servers, in file order.
    package let upstreams: [UpstreamEntry]
    /// The mistakes in the file, by line.
    package let problems: [RegistryProblem]

    /// Reads the registry; if it has the default path and is missing, it is created first.
    ///
    /// Lesser mistakes are in its `problems`. `defaultModel`, a name or alias, overrides the file's `default_model`.
    /// - Throws: `RegistryError` if the file as a whole is unusable, or there is no model named `defaultModel`.
    package static func load(from paths: ModelPaths, defaultModel: String? = nil) throws(RegistryError) -> Self {
        try create(at: paths)
        return try reload(from: paths, defaultModel: defaultModel)
    }

    /// Creates the registry if it has the default path and is missing.
    package static func create(at paths: ModelPaths) throws(RegistryError) {
        if paths.registryIsDefault { try DefaultRegistry.create(at: paths.registryFile) }
    }

    /// Like `load`, but a missing file is always an error, because it existed before.
    ///
    /// `patience` is for programs that are writing the file, so that half a file is not read; after that, and with `nil`,
    /// it is read as it is. Blocks.
    package static func reload(
        from paths: ModelPaths, defaultModel: String? = nil, _ patience: EditPatience? = nil
    ) throws(RegistryError) -> Self {
        let file = paths.registryFile
        let bytes: Data
        do {
            let settled = patience.flatMap { try? SettledFile.read(file, $0) }
            bytes = try settled?.data ?? Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            let reason = FileSystem.isOccupied(file) ? SystemReason.words(for: error) : "there is no such file"
            throw RegistryError(file: file, "Cannot read the model registry: \(reason).")
        }
        guard let yaml = String(data: bytes, encoding: .utf8) else {
            throw RegistryError(file: file, "The model registry is not UTF-8 text; save it as UTF-8.")
        }
        return try parse(yaml, file: file, paths: paths, defaultModel: defaultModel)
    }

    package static func parse(
        _ yaml: String, file: String, paths: ModelPaths, defaultModel: String? = nil
    ) throws(RegistryError) -> Self {
        var reader = RegistryReader(file: file, paths: paths)
        var registry = try reader.read(yaml)
        if let defaultModel { try registry.use(defaultModel: defaultModel) }
        registry.useModelsRootForDefault(paths)
        return registry
    }

    /// The mistakes that make a subject unusable.
    package func mistakes(in subject: RegistryProblem.Subject) -> [RegistryProblem] {
        problems.filter { $0.subject == subject && $0.severity == .error }
    }

    /// The mistakes that an edit introduced: those in subjects that had none before.
    package func mistakes(since old: ModelRegistry) -> [RegistryProblem] {
        problems.filter { $0.severity == .error && old.mistakes(in: $0.subject).isEmpty }
    }

    /// The entry of the model of this machine with this name.
    package func entry(named name: String) -> ModelEntry? {
        entries.first { $0.name == name }
    }

    /// The entry of this name.
    package func model(named name: String) -> RegisteredModel? {
        entry(named: name).map(RegisteredModel.local)
            ?? upstreams.first { $0.name == name }.map(RegisteredModel.upstream)
    }

    /// Whether the registry has a model or an alias of this name, even one with a mistake.
    package func defines(_ name: String) -> Bool {
        aliases[name] != nil || model(named: name) != nil
            || !mistakes(in: .model(name)).isEmpty || !mistakes(in: .alias(name)).isEmpty
    }

    /// All names a request may use: models of this machine, those on other servers, aliases.
    var names: [String] {
        entries.map(\.name) + upstreams.map(\.name) + aliases.keys.sorted()
    }

    private mutating func use(defaultModel name: String) throws(RegistryError) {
        let model = aliases[name] ?? name
        guard self.model(named: model) != nil || !mistakes(in: .model(model)).isEmpty else {
            throw RegistryError(file: file, "No model is named '\(name)'; choose one of \(names.listed).")
        }
        defaultModel = model
    }

    /// If the user set a models root that directly contains the default model's files, it is that model's directory.
    private mutating func useModelsRootForDefault(_ paths: ModelPaths) {
        guard paths.modelsRootIsChosen, let index = entries.firstIndex(where: { $0.name == defaultModel }) else {
            return
        }
        var moved = entries[index]
        moved.directory = paths.modelsRoot
        if moved.missingFiles().isEmpty { entries[index] = moved }
    }
}

/// A mistake in models.yaml that affects only a part of the file.
package struct RegistryProblem: Sendable, Equatable, CustomStringConvertible {
    /// The part of the file that a mistake affects.
    package enum Subject: Sendable, Hashable {
        /// The entry of this name under `models:`.
        case model(String)
        /// The line of this name under `aliases:`.
        case alias(String)
        /// A key at the top of the file, such as `default_model`.
        case setting(String)
        /// The file as a whole: an unknown key at its top.
        case file
    }

    package let file: String
    /// The line of the mistake, from 1.
    package let line: Int
    package let subject: Subject
    /// With a warning the subject is used, with an error it is not.
    package let severity: FieldReader.Severity
    /// What is wrong and what to write instead.
    package let message: String

    /// The mistake in the format of compilers: `FILE:LINE: message`.
    package var description: String { "\(file):\(line): \(message)" }
}

/// The error for a registry that cannot be used at all.
package struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    package let file: String
    /// The line of the mistake, from 1; `nil` if it is in no single line.
    package let line: Int?
    /// What is wrong and what to do.
    package let message: String

    init(file: String, line: Int? = nil, _ message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// The error in one line: `FILE:LINE: message`.
    package var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
