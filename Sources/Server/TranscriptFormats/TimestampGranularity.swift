/// What an answer gives the times of, by the word that a request's `timestamp_granularities` takes.
public enum TimestampGranularity: String, CaseIterable, Sendable {
    /// Each stretch that was recognised in one piece.
    case segment
    /// Each word.
    case word
}
