/// The parts of a transcript that have timestamps, named as in a request's `timestamp_granularities`.
public enum TimestampGranularity: String, CaseIterable, Sendable {
    /// Each segment.
    case segment
    /// Each word.
    case word
}
