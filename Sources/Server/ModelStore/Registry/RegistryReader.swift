/// Reads the text of models.yaml.
struct RegistryReader {
    private let file: String
    private let paths: ModelPaths
    private var problems: [RegistryProblem] = []

    init(file: String, paths: ModelPaths) {
        self.file = file
        self.paths = paths
    }

    mutating func read(_ yaml: String) throws(RegistryError) -> ModelRegistry {
        var fields = try topLevel(of: yaml)
        fields.warn(
            ofKeysBut: [
                "default_model", "num_threads", "keep_alive", "max_loaded_models", "max_queue", "drain_delay",
                "aliases",
                "models",
            ])
        take(&fields, .file)
        let numThreads = fields.positiveInteger("num_threads", example: 4)
        take(&fields, .setting("num_threads"))
        let capacity = readCapacity(&fields)
        let (entries, upstreams, names) = readEntries(&fields)
        let aliases = readAliases(&fields, models: names)
        let defaultModel = readDefault(&fields, models: names, aliases: aliases)
        return ModelRegistry(
            file: file, defaultModel: defaultModel, numThreads: numThreads, capacity: capacity, aliases: aliases,
            entries: entries, upstreams: upstreams, problems: problems.sorted { $0.line < $1.line })
    }

    private func topLevel(of yaml: String) throws(RegistryError) -> FieldReader {
        let root: YAMLNode?
        do {
            root = try YAMLNode.compose(yaml)
        } catch {
            throw RegistryError(file: file, line: error.line, error.description)
        }
        guard case .mapping(let mapping) = root else {
            let advice = "write models: and below it an entry for each model"
            throw RegistryError(file: file, line: root?.line ?? 1, "The file is no mapping of keys; \(advice).")
        }
        return FieldReader(mapping)
    }

    private mutating func readCapacity(_ fields: inout FieldReader) -> CapacitySettings {
        var capacity = CapacitySettings()
        capacity.keepAlive = fields.notation("keep_alive", wanted: KeepAlive.wanted, example: "15m", KeepAlive.init)
        take(&fields, .setting("keep_alive"))
        capacity.maximumLoadedModels = fields.positiveInteger("max_loaded_models", example: 3)
        take(&fields, .setting("max_loaded_models"))
        capacity.maximumQueue = fields.positiveInteger("max_queue", example: 64)
        take(&fields, .setting("max_queue"))
        capacity.drainDelay = fields.notation("drain_delay", wanted: DrainDelay.wanted, example: "10s", DrainDelay.init)
        take(&fields, .setting("drain_delay"))
        return capacity
    }

    /// The usable entries, and the names of all entries.
    private mutating func readEntries(
        _ fields: inout FieldReader
    ) -> ([ModelEntry], [UpstreamEntry], names: [String]) {
        defer { take(&fields, .setting("models")) }
        guard var models = fields.mapping("models", orElse: "write models: and below it an entry for each model") else {
            return ([], [], [])
        }
        let names = models.names().map(\.name)
        take(&models, .setting("models"))
        var entries: [ModelEntry] = []
        var upstreams: [UpstreamEntry] = []
        let locals = names.filter { models.peek($0)?.isUpstream == false }
        for name in names {
            if var entry = models.mapping(name, place: "", orElse: "write type:, dir: and files: below it") {
                if entry.isUpstream {
                    let upstream = entry.upstream(named: name, paths: paths, locals: locals)
                    if let upstream { upstreams.append(upstream) }
                } else if let entry = entry.entry(named: name, paths: paths) {
                    entries.append(entry)
                }
                take(&entry, .model(name))
            }
            take(&models, .model(name))
        }
        return (entries, upstreams, names)
    }

    private mutating func readAliases(_ fields: inout FieldReader, models: [String]) -> [String: String] {
        defer { take(&fields, .setting("aliases")) }
        guard var lines = fields.mapping("aliases") else { return [:] }
        let names = lines.names()
        take(&lines, .setting("aliases"))
        var aliases: [String: String] = [:]
        for (alias, line) in names {
            if models.contains(alias) {
                lines.note("It hides the model of the same name; choose another alias.", at: line)
            } else if let model = lines.nonemptyText(alias, orElse: "write \(alias): and the name of a model") {
                if models.contains(model) {
                    aliases[alias] = model
                } else {
                    lines.note("'\(model)' is no model of this file; write one of \(models.listed).", at: line)
                }
            }
            take(&lines, .alias(alias))
        }
        return aliases
    }

    /// The name of the default model, with an alias resolved.
    private mutating func readDefault(
        _ fields: inout FieldReader, models: [String], aliases: [String: String]
    ) -> String? {
        defer { take(&fields, .setting("default_model")) }
        guard let name = fields.nonemptyText("default_model") else { return nil }
        let model = aliases[name] ?? name
        guard models.contains(model) else {
            let known = (models + aliases.keys.sorted()).listed
            let message = "'default_model' is '\(name)', which is no model of this file; write one of \(known)."
            fields.note(message, at: fields.lineOf("default_model"))
            return nil
        }
        return model
    }

    /// Moves the mistakes of a reader to the problems.
    private mutating func take(_ fields: inout FieldReader, _ subject: RegistryProblem.Subject) {
        let prefix =
            switch subject {
            case .model(let name): "Model '\(name)': "
            case .alias(let name): "Alias '\(name)': "
            case .setting, .file: ""
            }
        for mistake in fields.takeMistakes() {
            problems.append(
                RegistryProblem(
                    file: file, line: mistake.line, subject: subject, severity: mistake.severity,
                    message: prefix + mistake.message))
        }
    }
}
