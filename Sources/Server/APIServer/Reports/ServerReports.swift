public import CoreMetrics
import Engines
import PrometheusMetrics

/// All metrics of the server, for `GET /metrics`.
public struct ServerReports: Sendable {
    /// Where all metrics are counted, including those of the engines.
    public var factory: any MetricsFactory { prometheus }

    let metrics: ServerMetrics
    private let prometheus: PrometheusFactory
    private let gauges: EngineGauges

    /// Makes the metrics.
    ///
    /// - Parameter version: The version of this program.
    public init(version: String) {
        prometheus = PrometheusFactory(Self.definitions)
        metrics = ServerMetrics(prometheus, version: version)
        gauges = EngineGauges(prometheus)
    }

    /// Counts log lines that could not be written.
    @Sendable public func countLostLogLines(_ count: Int) {
        metrics.lostLogLines.increment(by: count)
    }

    static let definitions = ServerMetrics.definitions + EngineGauges.definitions + EngineMetrics.definitions

    /// All metrics, after a new measurement of the engines.
    func text(_ engines: [EngineReport]) -> String {
        gauges.measure(engines)
        return prometheus.text
    }
}
