import CoreMetrics
import Essentials
import HTTPTypes
import PrometheusMetrics
import SpeechTypes

/// Counters of requests and uploads, and of the server as a whole.
///
/// All label values are the server's own: names of routes, methods and registered models. So clients cannot create an
/// unlimited number of series.
struct ServerMetrics: Sendable {
    let spooledBytes: Counter
    let spoolSize: Meter
    let connections: Meter
    let lostLogLines: Counter
    private let factory: any MetricsFactory

    /// - Parameters:
    ///   - factory: Where the metrics are counted.
    ///   - version: The version of this program.
    init(_ factory: any MetricsFactory, version: String) {
        self.factory = factory
        spooledBytes = Self.spooledBytes.counter(in: factory)
        spoolSize = Self.spoolSize.meter(in: factory)
        connections = Self.connections.meter(in: factory)
        lostLogLines = Self.lostLogLines.counter(in: factory)
        Self.buildInfo.meter(version, in: factory).set(1)
        Self.startTime.meter(in: factory).set(Date().timeIntervalSince1970)
    }

    /// Counts a request that has ended.
    func count(_ outcome: RequestOutcome) {
        let (endpoint, method) = (outcome.route ?? Self.other, Self.known(outcome.method))
        Self.requests.counter(endpoint, method, "\(outcome.status)", in: factory).increment()
        Self.requestDuration.timer(endpoint, method, in: factory).record(outcome.wall)
        guard let recording = outcome.findings.recording else { return }
        Self.audio.floatingPointCounter(recording.model, in: factory)
            .increment(by: recording.summary.duration.inSeconds)
        if let factor = recording.realTimeFactor {
            Self.realTimeFactor.recorder(recording.model, in: factory).record(factor)
        }
        if let wait = recording.summary.laneWait { Self.queueWait.timer(recording.model, in: factory).record(wait) }
    }

    private static let other = "other"

    private static func known(_ method: HTTPRequest.Method) -> String {
        Routes.methods.contains(method) ? method.rawValue : other
    }
}

extension CoreMetrics.Timer {
    fileprivate func record(_ duration: Duration) {
        recordSeconds(duration.inSeconds)
    }
}
