import ArgumentParser
import EngineHost
import Essentials
import Logging
import ModelStore
import TranscriptFormats

/// `asr2clip models`: the registered models on this machine, whether or not a server is running.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List, find, add, fetch, show, remove and check models.",
        discussion: """
            Registered models are listed in models.yaml; a server that runs on the same folder notices what changes.

            Try it:
              asr2clip models
              asr2clip models search german
              asr2clip models pull sensevoice-small
              asr2clip models add whisper-tiny
            """,
        subcommands: [
            ListModels.self, SearchModels.self, RecommendModels.self, AddModels.self, PullModels.self, ShowModel.self,
            RemoveModels.self, CheckModels.self,
        ],
        defaultSubcommand: ListModels.self)
}

struct ModelsOptions: ParsableArguments {
    @OptionGroup var registry: RegistryOptions
    @Flag(help: "Write JSON to standard output.") var json = false

    func models(
        acceptingChanged: Bool = false, onProgress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) throws -> RegisteredModels {
        try RegisteredModels(
            ModelRegistry.load(from: registry.paths), registry.paths, acceptingChanged: acceptingChanged,
            onProgress: onProgress)
    }

    /// Does the work for each model in turn, and goes on if it fails. Work that returns `nil` has reported a failure.
    func forEach(_ names: [String], _ work: (String) async throws -> JSONValue?) async throws {
        var results: [JSONValue] = []
        var hasFailed = false
        for name in names {
            do {
                if let result = try await work(name) { results.append(result) } else { hasFailed = true }
            } catch let error as ModelError {
                hasFailed = true
                results.append(["name": .string(name), "status": "failed", "reason": .string(error.description)])
                StandardError.report(error.description)
            }
        }
        if json { try StandardOutput.print(JSONValue.array(results).text) }
        if hasFailed { throw ExitCode.failure }
    }
}

/// The registry and the models on disk, for the commands about models.
struct RegisteredModels {
    let registry: ModelRegistry
    let store: ModelLibrary

    init(
        _ registry: ModelRegistry, _ paths: ModelPaths, acceptingChanged: Bool = false,
        onProgress: @escaping @Sendable (DownloadProgress) -> Void
    ) throws {
        self.registry = registry
        store = ModelLibrary(
            registry: registry, paths: paths, proxies: ProxySettings(environment: ProcessInfo.processInfo.environment),
            engine: EngineExecutable(besideProgram: try ThisProgram.path()), logger: .silent,
            acceptingChanged: acceptingChanged, onProgress: onProgress)
    }

    func isDefault(_ name: String) -> Bool { name == registry.defaultModel }
    func aliases(of name: String) -> [String] { registry.aliases.filter { $0.value == name }.keys.sorted() }

    /// The models whose entries cannot be used, each with its mistakes.
    var unusable: [(name: String, mistakes: [RegistryProblem])] {
        let mistakes = registry.problems.filter { $0.severity == .error }
        var names: [String] = []
        for case .model(let name) in mistakes.map(\.subject) where !names.contains(name) { names.append(name) }
        return names.map { name in (name, mistakes.filter { $0.subject == .model(name) }) }
    }
}

extension ModelStatus {
    var word: String {
        switch self {
        case .missing: "missing"
        case .downloading: "downloading"
        case .present: "present"
        }
    }

    var percent: Int? {
        if case .downloading(let percent) = self { percent } else { nil }
    }

    var shown: String { percent.map { "\(word) \($0) %" } ?? word }
}
