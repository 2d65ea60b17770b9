import Engine
import ModelStore
import ServiceLifecycle

/// Engines and fetches, which outlive the server's last request and end with the process.
struct ModelServices: Service {
    let store: LocalModels
    let engines: EnginePool

    func run() async throws {
        try? await gracefulShutdown()
        await store.shutDown()
        await engines.shutDown()
    }
}
