import PrometheusMetrics

extension ServerMetrics {
    /// All metrics that are counted here.
    static let definitions = [
        requests, requestDuration, audio, realTimeFactor, queueWait, spoolSize, spooledBytes, connections, lostLogLines,
        startTime, buildInfo,
    ]

    static let requests = MetricDefinition.counter(
        "asr2clip_http_requests_total", labels: ["endpoint", "method", "status"],
        "Requests that are over. Status 499: the client left before the end of its answer. Endpoint other: there is none."
    )
    static let requestDuration = MetricDefinition.histogram(
        "asr2clip_http_request_duration_seconds", labels: ["endpoint", "method"],
        bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
        "From a request's first line to the end of its answer, its upload included. The end of a streamed answer is its last "
            + "byte; any other has been handed over to be written.")
    static let audio = MetricDefinition.counter(
        "asr2clip_audio_seconds_total", labels: ["model"], "Sound of the recordings that were heard to their end.")
    static let realTimeFactor = MetricDefinition.histogram(
        "asr2clip_realtime_factor_ratio", labels: ["model"], bounds: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
        "From a request's first line to its last word, by the length of the recording; below 1 is faster than speech.")
    static let queueWait = MetricDefinition.histogram(
        "asr2clip_queue_wait_seconds", labels: ["model"],
        bounds: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        "How long a recording's first segment, once cut, waited for a decode lane.")
    static let spoolSize = MetricDefinition.gauge("asr2clip_spool_bytes", "Uploads on disk now.")
    static let spooledBytes = MetricDefinition.counter(
        "asr2clip_spooled_bytes_total", "Bytes of uploads that were written to disk.")
    static let connections = MetricDefinition.gauge("asr2clip_http_connections", "Connections that are open now.")
    static let lostLogLines = MetricDefinition.counter(
        "asr2clip_log_lines_lost_total",
        "Lines of the log that could not be written: nobody read it, or its disk was full.")
    static let startTime = MetricDefinition.gauge(
        "asr2clip_process_start_time_seconds", "When the server started, in seconds since 1970.")
    static let buildInfo = MetricDefinition.gauge(
        "asr2clip_build_info", labels: ["version"], "Always 1; its label tells the version of the server.")
}
