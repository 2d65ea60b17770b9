import APIServer
import Logging
import ModelStore
import ServiceLifecycle

/// Applies edits of models.yaml while the server runs: when the file changes, and on SIGHUP.
struct RegistryReloading: Service {
    let paths: ModelPaths
    /// The value of `--default-model`, which overrides every edit.
    let defaultModel: String?
    let catalog: ModelService
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let (wishes, wish) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let signal = HangUpSignal { wish.yield() }
            defer { signal.stop() }
            await withDiscardingTaskGroup { group in
                group.addTask {
                    var watch = RegistryWatch(paths.registryFile)
                    while (try? await Task.sleep(for: RegistryWatch.interval)) != nil {
                        if watch.look() { wish.yield() }
                    }
                }
                for await _ in wishes where await reload() {
                    group.addTask { await catalog.loadDefault() }
                }
                group.cancelAll()
            }
        }
    }

    /// Reads the file again; if the edit has a mistake, nothing changes.
    ///
    /// - Returns: Whether the edit is in force.
    private func reload() async -> Bool {
        let old = await catalog.registry
        let new: ModelRegistry
        do throws(RegistryError) {
            new = try ModelRegistry.reload(from: paths, defaultModel: defaultModel)
        } catch {
            logger.error("The models stay as they are. \(error)")
            return false
        }
        let mistakes = new.mistakes(since: old)
        for problem in mistakes { logger.error("The models stay as they are. \(problem)") }
        guard mistakes.isEmpty else { return false }
        for problem in new.problems where !old.problems.contains(problem) { logger.warning("\(problem)") }
        await catalog.use(new)
        logger.info("The registry was read again.", metadata: ["models": "\(new.entries.map(\.name))"])
        return true
    }
}
