import Engines
import Essentials
import ModelStore
import Synchronization

extension ModelService {
    /// Does what a client asks for, or begins it. Repeating a request does no harm.
    ///
    /// - Throws: `APIError`, `ModelError` or `EngineError` if it cannot begin; from `add` also `RegistryEditError` and
    ///   `RefusedEdit`.
    func change(_ name: String, _ action: ModelAction) async throws -> ModelEntry {
        let entry = try await action == .add ? added(name) : addable(name)
        switch action {
        case .pull, .add: try await store.pull(entry)
        case .load: try await load(entry)
        case .unload:
            pendingLoads.remove(entry.name)
            await engines.startUnloading(entry.name)
        }
        return entry
    }

    /// The model of this name. Throws `ModelError`, or `APIError` if it is another name of the model; that then says
    /// which one to change or delete.
    func model(_ name: String, to verb: String) async throws -> ModelEntry {
        let entry = try await resolve(name)
        guard entry.name == name else {
            throw APIError.invalid(
                "model", "'\(name)' is another name of the model '\(entry.name)'. \(verb) that one by its own name.")
        }
        return entry
    }

    /// The model of this name. If it is not registered but can be added, the error says so.
    private func addable(_ name: String) async throws -> ModelEntry {
        do {
            return try await model(name, to: "Change")
        } catch let error as ModelError where error.code == .notFound {
            guard await entry(named: name) != nil else { throw error }
            throw APIError(
                status: .notFound, code: "model_not_found",
                message: "The model '\(name)' is not registered, but the catalogue has it: send {\"action\": \"add\"}.",
                parameter: "model")
        }
    }

    /// Starts to load a model, or to download it for that.
    private func load(_ entry: ModelEntry) async throws {
        if case .present = await store.state(of: entry) { return try await engines.startLoading(entry.specification) }
        try await store.pull(entry)
        guard pendingLoads.insert(entry.name) else { return }
        // Unstructured because it lasts as long as the download, which the store ends when it is shut down.
        Task {
            let model = await store.fetched(entry)
            guard pendingLoads.remove(entry.name), let model else { return }
            // If it fails, the state of the model says so.
            try? await engines.startLoading(model)
        }
    }

    /// Deletes a model's downloaded files once no request uses them, and ends their download if there is one. Throws
    /// `ModelError` if they may not be deleted.
    func delete(_ entry: ModelEntry) async throws {
        pendingLoads.remove(entry.name)
        let wasStopped = await store.stopFetch(of: entry)
        if wasStopped { logger.info("Stopped the download of a model.", metadata: ["model": "\(entry.name)"]) }
        do {
            try await store.checkRemovable(entry)
        } catch {
            // A download that was stopped may have left nothing.
            guard wasStopped, error.code == .notRemovable else { throw error }
            return
        }
        try await engines.unload(entry.name)
        let removed = try await store.remove(entry)
        // A request may have arrived in between and loaded the deleted files.
        try await engines.unload(entry.name)
        logger.info("Deleted a model's files.", metadata: ["model": "\(entry.name)", "bytes": "\(removed.bytes)"])
    }
}

/// The models that are to be loaded once they have been downloaded.
final class PendingLoads: Sendable {
    private let names = Mutex<Set<String>>([])

    /// Adds a model; returns `false` if it was there.
    func insert(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }

    /// Removes a model; returns `false` if it was not there.
    @discardableResult
    func remove(_ name: String) -> Bool { names.withLock { $0.remove(name) != nil } }
}
