import Engines
import Essentials
import HTTPTypes
package import PrometheusMetrics
import SpeechTypes
import Upstreams

/// All metrics of the server, for `GET /metrics`.
///
/// All label values are the server's own: names of routes, methods and registered models. So clients cannot create an
/// unlimited number of series.
package struct ServerMetrics: Sendable {
    /// Where all metrics are counted, including those of the engines.
    package let registry = MetricRegistry(Self.definitions)
    /// The version of the server.
    let version: String

    static let definitions: [MetricDefinition] =
        [
            .requests, .requestDuration, .audio, .realTimeFactor, .queueWait, .spoolSize, .spooledBytes, .connections,
            .lostLogLines, .startTime, .buildInfo, .memory, .jobs, .queueAudio, .queueTime, .segments, .lanes,
            .busyLanes, .liveSessions, .endedSessions, .turns, .liveAudio, .textDelay,
        ] + EngineMetrics.definitions + UpstreamMetrics.definitions

    package init(version: String) {
        self.version = version
        for metric in [MetricDefinition.spooledBytes, .spoolSize, .connections, .lostLogLines, .liveSessions] {
            registry.add(0, to: metric)
        }
        registry.set(.buildInfo, version, to: 1)
        registry.set(.startTime, to: Date().timeIntervalSince1970)
    }

    /// Counts log lines that could not be written.
    @Sendable package func countLostLogLines(_ count: Int) {
        registry.add(Double(count), to: .lostLogLines)
    }

    func count(_ outcome: RequestOutcome) {
        let endpoint = outcome.route ?? "other"
        let method = Routes.methods.contains(outcome.method) ? outcome.method.rawValue : "other"
        registry.add(to: .requests, endpoint, method, "\(outcome.status)")
        registry.observe(outcome.wall.inSeconds, in: .requestDuration, endpoint, method)
        if let ending = outcome.findings.session?.ending { registry.add(to: .endedSessions, ending.word) }
        guard let recording = outcome.findings.recording else { return }
        registry.add(recording.summary.duration.inSeconds, to: .audio, recording.model)
        if let factor = recording.realTimeFactor { registry.observe(factor, in: .realTimeFactor, recording.model) }
        if let wait = recording.summary.laneWait { registry.observe(wait.inSeconds, in: .queueWait, recording.model) }
    }

    /// All metrics in Prometheus's text format, with these engines and the loads of the models by name; a model may have
    /// two engines while one of them ends.
    func text(of engines: [EngineReport], queued: [String: Admission.Load]) -> String {
        let server = ProcessMemory.resident(of: getpid()).map { (["server", ""], Double($0)) }
        registry.replace(
            .memory,
            with: [server].compactMap { $0 }
                + engines.compactMap { engine in engine.memory.map { (["engine", engine.model], Double($0)) } })
        registry.replace(.jobs, with: engines.map { ([$0.model], Double($0.requests)) })
        registry.replace(.queueAudio, with: queued.map { ([$0], $1.sound.inSeconds) })
        registry.replace(.queueTime, with: queued.map { ([$0], $1.time.inSeconds) })
        let loads = engines.compactMap { engine in engine.lanes.map { (engine.model, $0) } }
        registry.replace(.segments, with: loads.map { ([$0], Double($1.waiting)) })
        registry.replace(.lanes, with: loads.map { ([$0], Double($1.lanes)) })
        registry.replace(.busyLanes, with: loads.map { ([$0], Double($1.busy)) })
        return registry.text
    }
}
