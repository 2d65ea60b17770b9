extension CatalogueEntry {
    /// The entry as a registry with these paths would have it; `nil` if the registry would refuse it.
    package func modelEntry(in paths: ModelPaths) -> ModelEntry? {
        let registry = try? ModelRegistry.parse("models:\n" + registryYAML, file: paths.registryFile, paths: paths)
        return registry?.entry(named: name)
    }
}

extension ModelRegistry {
    /// The model that is registered for an entry of the catalogue: the one with its download, or else with its name.
    package func entry(of entry: CatalogueEntry) -> ModelEntry? {
        entries.first { $0.download?.description == entry.download.description } ?? self.entry(named: entry.name)
    }
}
