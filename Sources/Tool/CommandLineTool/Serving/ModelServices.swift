import ServiceLifecycle

/// Engines and downloads, which outlive the server's last request and end with the process.
struct ModelServices: Service {
    let engines: EngineAssembly

    func run() async throws {
        await engines.store.removeAbandonedDownloads()
        try? await gracefulShutdown()
        await engines.shutDown()
    }
}
