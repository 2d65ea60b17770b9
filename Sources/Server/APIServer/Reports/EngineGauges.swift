import CoreMetrics
import Engines
import Essentials
import PrometheusMetrics

/// Gauges of the engines and the server's process, measured for each request of the metrics.
struct EngineGauges: Sendable {
    private let memory: GaugeSet
    private let jobs: GaugeSet
    private let segments: GaugeSet
    private let lanes: GaugeSet
    private let busyLanes: GaugeSet

    init(_ factory: any MetricsFactory) {
        memory = GaugeSet(Self.memory, in: factory)
        jobs = GaugeSet(Self.jobs, in: factory)
        segments = GaugeSet(Self.segments, in: factory)
        lanes = GaugeSet(Self.lanes, in: factory)
        busyLanes = GaugeSet(Self.busyLanes, in: factory)
    }

    /// Measures all engines; a model may have two while one of them ends.
    func measure(_ engines: [EngineReport]) {
        let server = ProcessMemory.resident(of: getpid()).map { (["server", ""], Double($0)) }
        memory.measure(
            [server].compactMap { $0 }
                + engines.compactMap { engine in engine.memory.map { (["engine", engine.model], Double($0)) } })
        jobs.measure(engines.map { ([$0.model], Double($0.requests)) })
        let loads = engines.compactMap { engine in engine.lanes.map { (engine.model, $0) } }
        segments.measure(loads.map { ([$0], Double($1.waiting)) })
        lanes.measure(loads.map { ([$0], Double($1.lanes)) })
        busyLanes.measure(loads.map { ([$0], Double($1.busy)) })
    }

    /// All metrics that are measured here.
    static let definitions = [memory, jobs, segments, lanes, busyLanes]

    private static let memory = MetricDefinition.gauge(
        "asr2clip_process_resident_memory_bytes", labels: ["process", "model"],
        "Memory of the server, which has no model, and of each engine.")
    private static let jobs = MetricDefinition.gauge(
        "asr2clip_queue_jobs", labels: ["model"],
        "Recordings that the model's engine was given and that are not done, those that wait for it to load included.")
    private static let segments = MetricDefinition.gauge(
        "asr2clip_queue_segments", labels: ["model"], "Segments of recordings that wait for a decode lane.")
    private static let lanes = MetricDefinition.gauge(
        "asr2clip_decode_lanes", labels: ["model"], "Segments that the model's engine can decode at once.")
    private static let busyLanes = MetricDefinition.gauge(
        "asr2clip_decode_lanes_busy", labels: ["model"], "Segments that the model's engine is decoding.")
}
