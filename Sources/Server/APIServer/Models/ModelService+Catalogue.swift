import Concurrency
import Essentials
import ModelStore
import SpeechTypes
import TranscriptFormats

extension ModelService {
    /// Adds the catalogue's entry of this name to models.yaml and to the registry in force, unless a model of this name is
    /// registered.
    ///
    /// - Throws: `APIError` if the name is in neither, or another name of a model; `ModelError` if its download could not
    ///   begin, so that nothing is added; `RegistryEditError` or `RefusedEdit` if models.yaml cannot be changed.
    func added(_ name: String) async throws -> ModelEntry {
        let patience = source.patience()
        if await registry.defines(name) { return try await model(name, to: "Change") }
        guard let new = await entry(named: name) else {
            throw APIError(
                status: .notFound, code: "model_not_found",
                message: "Neither models.yaml nor the catalogue has a model '\(name.excerpt)'. GET /v1/catalogue lists"
                    + " what can be added.", parameter: "model")
        }
        let planned = await elsewhere { [source] in new.modelEntry(in: source.paths) }
        // A refusal need not wait for its turn.
        if let planned { try await store.checkPull(planned, contentSize: new.displaySize) }
        // Not cancelled with the client: half of it must not be done.
        return try await Task {
            guard let turn = try await source.turn.acquire(within: patience.rest) else {
                throw RegistryFile(source.paths).busy
            }
            defer { withExtendedLifetime(turn) {} }
            guard !source.isClosing else { throw APIError.shuttingDown }
            // Others may have been faster.
            if let planned { try await store.reserve(planned, contentSize: new.displaySize) }
            do {
                let entry = try await add(new, patience)
                try await store.startReserved()
                return entry
            } catch {
                await store.endReservation()
                throw error
            }
        }.value
    }

    /// Adds an entry to models.yaml, whose turn the caller has, and applies it.
    private func add(_ new: CatalogueEntry, _ patience: EditPatience) async throws -> ModelEntry {
        // A mistake that somebody has just made is reported before anything is changed.
        _ = try await read()
        let addition = try RegistryAddition(yaml: new.registryYAML)
        do throws(RegistryEditError) {
            try await RegistryFile(source.paths).add(addition, patience)
            logger.info("Added a model to models.yaml.", metadata: ["model": "\(new.name)"])
        } catch {
            guard error.code != .busy || !source.isClosing else { throw APIError.shuttingDown }
            // If another request or an edit was faster, what it wrote is read now.
            guard error.code == .nameTaken else { throw error }
        }
        await apply(try await read())
        return try await model(new.name, to: "Change")
    }

    /// The entry of the catalogue with this name.
    func entry(named name: String) async -> CatalogueEntry? {
        await elsewhere { [catalogue] in catalogue().entry(named: name) }
    }
}
