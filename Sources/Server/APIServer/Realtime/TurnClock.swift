import PrometheusMetrics

/// Measures, for the metrics, how long the text of a turn takes after the turn's end.
struct TurnClock {
    /// When the turns whose text is not complete ended, by their item.
    private var ends: [String: ContinuousClock.Instant] = [:]

    /// Counts what an event for the client says about a turn that `model` hears.
    mutating func receive(
        _ event: ServerEvent, of model: String, in metrics: MetricRegistry, at now: ContinuousClock.Instant = .now
    ) {
        switch event {
        case .committed(let item, _): ends[item] = now
        case .completed(let item, _, let seconds, _):
            metrics.add(to: .turns, model, "completed")
            metrics.add(seconds, to: .liveAudio, model)
            if let end = ends.removeValue(forKey: item) {
                metrics.observe((now - end).inSeconds, in: .textDelay, model)
            }
        case .failed(let item, _):
            metrics.add(to: .turns, model, "failed")
            ends[item] = nil
        default: break
        }
    }
}
