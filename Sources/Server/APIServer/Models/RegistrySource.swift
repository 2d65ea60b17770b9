import Concurrency
package import ModelStore

/// Where the registry in force comes from.
package struct RegistrySource: Sendable {
    let paths: ModelPaths
    /// The value of `--default-model`, which overrides every edit.
    let defaultModel: String?
    /// Held while models.yaml is read and applied or changed, so that an older text never replaces a newer one.
    let turn = AsyncSemaphore(1)
    /// Resolved when the server shuts down: from then on, nothing waits to change models.yaml.
    private let closing = OneShot<Void>()
    /// How long a request waits to change models.yaml, for other requests and for other programs.
    static let patience = Duration.seconds(10)
    /// How long a program may have models.yaml open for writing before it is read nevertheless.
    private static let readPatience = Duration.seconds(2)

    package init(paths: ModelPaths, defaultModel: String?) {
        self.paths = paths
        self.defaultModel = defaultModel
    }

    var isClosing: Bool { closing.isResolved }

    func close() { closing.resolve() }

    /// The patience of a request that has just arrived.
    func patience(_ limit: Duration = patience) -> EditPatience {
        EditPatience(limit) { [closing] in closing.isResolved }
    }

    /// Reads models.yaml as soon as no program is writing it, or as it is if one does not stop.
    func read() async throws(RegistryError) -> ModelRegistry {
        try await elsewhere { [self] in
            Result { () throws(RegistryError) in
                try ModelRegistry.reload(from: paths, defaultModel: defaultModel, patience(Self.readPatience))
            }
        }.get()
    }
}

/// The error for a models.yaml with mistakes that the registry in force has not, so that it is not applied.
struct RefusedEdit: Error {
    /// The mistakes with file and line, at least one.
    let mistakes: [String]
    /// The mistakes, fit for a client.
    let message: String

    fileprivate init(_ mistakes: [String], paths: ModelPaths) {
        self.mistakes = mistakes
        message = paths.hidden(in: mistakes.joined(separator: "\n"))
    }
}

extension ModelService {
    /// Reads models.yaml again and applies it. If an edit has introduced a mistake, nothing changes; the log says why.
    ///
    /// - Returns: Whether what was read is in force.
    package func reload() async -> Bool {
        guard let turn = try? await source.turn.acquire() else { return false }
        defer { withExtendedLifetime(turn) {} }
        do throws(RefusedEdit) {
            try await apply(read())
            return true
        } catch {
            for mistake in error.mistakes { logger.error("The models stay as they are. \(mistake)") }
            return false
        }
    }

    /// Reads models.yaml, whose turn the caller has.
    func read() async throws(RefusedEdit) -> ModelRegistry {
        let old = await registry
        let new: ModelRegistry
        do throws(RegistryError) {
            new = try await source.read()
        } catch {
            throw RefusedEdit([error.description], paths: source.paths)
        }
        let mistakes = new.mistakes(since: old)
        guard mistakes.isEmpty else {
            throw RefusedEdit(mistakes.map(\.description), paths: source.paths)
        }
        return new
    }

    /// Applies an edit of models.yaml, whose turn the caller has.
    func apply(_ new: ModelRegistry) async {
        let old = await registry
        for problem in new.problems where !old.problems.contains(problem) { logger.warning("\(problem)") }
        await use(new)
        logger.info(
            "The registry was read again.",
            metadata: ["models": "\(new.entries.map(\.name) + new.upstreams.map(\.name))"])
    }
}
