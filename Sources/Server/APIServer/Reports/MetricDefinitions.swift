import PrometheusMetrics

/// The metrics of this module.
extension MetricDefinition {
    static let requests = Self(
        .counter, "asr2clip_http_requests_total", labels: ["endpoint", "method", "status"],
        "Requests that are over. Status 499: the client left before the end of its answer. Endpoint other: there is "
            + "none.")
    static let requestDuration = Self(
        .histogram, "asr2clip_http_request_duration_seconds", labels: ["endpoint", "method"],
        bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
        "From a request's first line to the end of its answer, its upload included. The end of a streamed answer is "
            + "its last byte; any other has been handed over to be written.")
    static let audio = Self(
        .counter, "asr2clip_audio_seconds_total", labels: ["model"],
        "Sound of the recordings that were answered; for /detect-language, the part that was heard.")
    static let realTimeFactor = Self(
        .histogram, "asr2clip_realtime_factor_ratio", labels: ["model"],
        bounds: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
        "From a request's first line to its last word, by the length of the sound heard; below 1 is faster than speech."
    )
    static let queueWait = Self(
        .histogram, "asr2clip_queue_wait_seconds", labels: ["model"],
        bounds: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        "How long a recording's first segment, once cut, waited for a decode lane.")
    static let spoolSize = Self(.gauge, "asr2clip_spool_bytes", "Uploads on disk now.")
    static let spooledBytes = Self(
        .counter, "asr2clip_spooled_bytes_total", "Bytes of uploads that were written to disk.")
    static let connections = Self(.gauge, "asr2clip_http_connections", "Connections that are open now.")
    static let lostLogLines = Self(
        .counter, "asr2clip_log_lines_lost_total",
        "Lines of the log that could not be written: nobody read it, or its disk was full.")
    static let startTime = Self(
        .gauge, "asr2clip_process_start_time_seconds", "When the server started, in seconds since 1970.")
    static let buildInfo = Self(
        .gauge, "asr2clip_build_info", labels: ["version"], "Always 1; its label tells the version of the server.")
    static let memory = Self(
        .gauge, "asr2clip_process_resident_memory_bytes", labels: ["process", "model"],
        "Memory of the server, which has no model, and of each engine.")
    static let jobs = Self(
        .gauge, "asr2clip_queue_jobs", labels: ["model"],
        "Recordings that the model's engine was given and that are not done, those that wait for it to load included.")
    static let queueAudio = Self(
        .gauge, "asr2clip_queue_audio_seconds", labels: ["model"],
        "Sound that has no text yet, of recordings that wait or are at work and of live sessions; by the sizes of the "
            + "files until their lengths are known.")
    static let queueTime = Self(
        .gauge, "asr2clip_queue_seconds", labels: ["model"],
        "How long the server takes for that sound, at the model's speed in its last minutes of work.")
    static let segments = Self(
        .gauge, "asr2clip_queue_segments", labels: ["model"], "Segments of recordings that wait for a decode lane.")
    static let lanes = Self(
        .gauge, "asr2clip_decode_lanes", labels: ["model"], "Segments that the model's engine can decode at once.")
    static let busyLanes = Self(
        .gauge, "asr2clip_decode_lanes_busy", labels: ["model"], "Segments that the model's engine is decoding.")
    static let liveSessions = Self(.gauge, "asr2clip_live_sessions", "Live sessions that are open now.")
    static let endedSessions = Self(
        .counter, "asr2clip_live_sessions_ended_total", labels: ["ending"],
        "Live sessions that are over, by why: client, upstream, idle, expired, shutdown, or the code of an error.")
    static let turns = Self(
        .counter, "asr2clip_live_turns_total", labels: ["model", "outcome"],
        "Turns of live sessions, completed or failed.")
    static let liveAudio = Self(
        .counter, "asr2clip_live_audio_seconds_total", labels: ["model"],
        "Sound of the turns of live sessions that were completed.")
    static let textDelay = Self(
        .histogram, "asr2clip_live_text_delay_seconds", labels: ["model"],
        bounds: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        "From the end of a turn of a live session to its complete text.")
}
