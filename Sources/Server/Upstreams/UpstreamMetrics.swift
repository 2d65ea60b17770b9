package import PrometheusMetrics

/// The metrics of upstreams. The labels are names and addresses in models.yaml.
package enum UpstreamMetrics {
    /// All metrics of this module.
    package static let definitions = [requests, inHand, isUp]

    static let requests = MetricDefinition(
        .counter, "asr2clip_upstream_requests_total", labels: ["model", "upstream", "outcome"],
        "Requests that were sent to an upstream, by what came of them: answered, refused, full, unavailable, "
            + "misconfigured, failed, timed_out or cancelled. One request of a client may be several.")
    static let inHand = MetricDefinition(
        .gauge, "asr2clip_upstream_requests_in_flight", labels: ["model", "upstream"],
        "Requests that an upstream has and that are not over.")
    static let isUp = MetricDefinition(
        .gauge, "asr2clip_upstream_up", labels: ["model", "upstream"],
        "1 if the upstream answered when it was last asked, else 0.")
}

/// What came of a request to an upstream.
enum UpstreamOutcome: String {
    case answered, refused, full, unavailable, misconfigured, failed, cancelled
    case timedOut = "timed_out"
}
