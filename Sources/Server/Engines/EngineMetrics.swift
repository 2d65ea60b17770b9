package import PrometheusMetrics

/// Counters of one model's engine, over all its runs.
///
/// They exist, at 0, from the first job for the model on.
package struct EngineMetrics: Sendable {
    /// All metrics of this module.
    package static let definitions = [loads, unloads, restarts]

    static let loads = MetricDefinition(
        .counter, "asr2clip_model_loads_total", labels: ["model"],
        "How often a model was loaded into an engine of its own.")
    static let unloads = MetricDefinition(
        .counter, "asr2clip_model_unloads_total", labels: ["model"],
        "How often a loaded model left memory, asked to or by a crash; loads without these are loaded now.")
    static let restarts = MetricDefinition(
        .counter, "asr2clip_engine_restarts_total", labels: ["model"],
        "How often an engine was started in place of one that ended without being asked to.")

    private let model: String
    private let registry: MetricRegistry

    init(of model: String, in registry: MetricRegistry) {
        self.model = model
        self.registry = registry
        for metric in Self.definitions { registry.add(0, to: metric, model) }
    }

    func count(_ metric: MetricDefinition) {
        registry.add(to: metric, model)
    }
}
