package import Concurrency
import Essentials
package import Logging
package import ModelStore
package import PrometheusMetrics
import Synchronization

/// The upstreams of the registry in force.
package final class UpstreamPool: Sendable {
    private struct State {
        var models: [String: UpstreamModel] = [:]
        /// What watches the models; empty unless `run` is running.
        var watches: [String: Task<Void, Never>] = [:]
        var isRunning = false
    }

    private let state = Mutex(State())
    private let keys: UpstreamKeys
    private let proxies: ProxySettings
    private let executor: EventLoopExecutor
    private let metrics: MetricRegistry
    private let logger: Logger
    /// By which a request that comes back is known. Random, so that it says nothing about this machine.
    private let id = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()

    package init(
        _ registry: ModelRegistry, keys: UpstreamKeys, proxies: ProxySettings, executor: EventLoopExecutor,
        metrics: MetricRegistry, logger: Logger
    ) {
        self.keys = keys
        self.proxies = proxies
        self.executor = executor
        self.metrics = metrics
        self.logger = logger
        use(registry)
    }

    /// Applies another registry. Requests keep what they have; models whose entries are the same keep what is known.
    package func use(_ registry: ModelRegistry) {
        state.withLock { state in
            let former = state.models
            state.models = [:]
            for entry in registry.upstreams {
                if let model = former[entry.name], model.entry == entry {
                    state.models[entry.name] = model
                    continue
                }
                state.models[entry.name] = make(entry)
                state.watches.removeValue(forKey: entry.name)?.cancel()
                tell(of: entry)
            }
            for name in state.watches.keys where state.models[name] == nil {
                state.watches.removeValue(forKey: name)?.cancel()
            }
            if state.isRunning { watch(&state) }
        }
    }

    private func make(_ entry: UpstreamEntry) -> UpstreamModel {
        UpstreamModel(entry, id: id, metrics: metrics, logger: logger) { server in
            UpstreamClient(server, timeout: entry.timeout, keys: keys, proxies: proxies, on: executor.eventLoop)
        }
    }

    private func tell(of entry: UpstreamEntry) {
        logger.notice(
            "Recordings for this model are sent to other servers.",
            metadata: [
                "model": "\(entry.name)", "upstreams": "\(entry.servers.map(\.address).joined(separator: ", "))",
            ])
    }

    /// The model of an entry; one of an entry that is no longer in force is made for the caller alone.
    package func model(of entry: UpstreamEntry) -> UpstreamModel {
        let known = state.withLock { $0.models[entry.name] }
        return known?.entry == entry ? known ?? make(entry) : make(entry)
    }

    /// Watches the upstreams until it is cancelled.
    package func run() async {
        state.withLock { state in
            state.isRunning = true
            watch(&state)
        }
        while (try? await Task.sleep(for: .seconds(3600))) != nil {}
        state.withLock { state in
            state.isRunning = false
            for watch in state.watches.values { watch.cancel() }
            state.watches = [:]
        }
    }

    private func watch(_ state: inout State) {
        for (name, model) in state.models where state.watches[name] == nil {
            // Unstructured because an edit may end it; `run` ends the rest.
            state.watches[name] = Task { await model.watch() }
        }
    }

    /// Sets the gauges to what is true now.
    package func measure() {
        let models = state.withLock { Array($0.models.values) }
        let loads = models.flatMap { model in model.loads.map { (labels: [model.entry.name, $0.upstream], load: $0) } }
        metrics.replace(UpstreamMetrics.inHand, with: loads.map { ($0.labels, Double($0.load.inHand)) })
        metrics.replace(UpstreamMetrics.isUp, with: loads.map { ($0.labels, $0.load.isUp ? 1 : 0) })
    }
}
