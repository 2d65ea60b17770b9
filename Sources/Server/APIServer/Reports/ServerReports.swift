public import CoreMetrics
import Engines
import Metrics

/// All that the server can be asked about itself under `GET /metrics`.
public struct ServerReports: Sendable {
    /// Where everything is counted, the engines' part too.
    public var factory: any MetricsFactory { prometheus }

    let metrics: ServerMetrics
    private let prometheus: PrometheusFactory
    private let gauges: EngineGauges

    /// Begins to count.
    ///
    /// - Parameter version: Of this program.
    public init(version: String) {
        prometheus = PrometheusFactory(Self.definitions)
        metrics = ServerMetrics(prometheus, version: version)
        gauges = EngineGauges(prometheus)
    }

    /// Counts lines of the log that could not be written.
    @Sendable public func countLostLogLines(_ count: Int) {
        metrics.lostLogLines.increment(by: count)
    }

    static let definitions = ServerMetrics.definitions + EngineGauges.definitions + EngineMetrics.definitions

    /// Everything, with a new measurement of the engines.
    func text(_ engines: [EngineReport]) -> String {
        gauges.measure(engines)
        return prometheus.text
    }
}
