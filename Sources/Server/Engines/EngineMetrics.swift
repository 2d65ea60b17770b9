import CoreMetrics
public import PrometheusMetrics

/// Counters of one model's engine, over all its runs.
///
/// They exist, at 0, from the first job for the model on.
public struct EngineMetrics: Sendable {
    /// All metrics of this module.
    public static let definitions = [loads, unloads, restarts]

    private static let loads = MetricDefinition.counter(
        "asr2clip_model_loads_total", labels: ["model"], "How often a model was loaded into an engine of its own.")
    private static let unloads = MetricDefinition.counter(
        "asr2clip_model_unloads_total", labels: ["model"],
        "How often a loaded model left memory, asked to or by a crash; loads without these are loaded now.")
    private static let restarts = MetricDefinition.counter(
        "asr2clip_engine_restarts_total", labels: ["model"],
        "How often an engine was started in place of one that ended without being asked to.")

    let loads: Counter
    let unloads: Counter
    let restarts: Counter

    init(of model: String, in factory: any MetricsFactory) {
        loads = Self.loads.counter(model, in: factory)
        unloads = Self.unloads.counter(model, in: factory)
        restarts = Self.restarts.counter(model, in: factory)
    }
}
