import SpeechTypes

/// Which segments are decoded first when cores are short.
enum DecodePriority: Sendable, Hashable, CaseIterable {
    /// Somebody waits for its text.
    case interactive
    /// The recording is long, and takes its time anyway.
    case background

    /// How much of a recording is interactive: of a longer one the first text is to come soon, too.
    private static let interactiveBeginning = Duration.seconds(60)

    /// The priority of a segment, by its place in its recording.
    init(of segment: SpeechSegment) {
        self = segment.start < Self.interactiveBeginning ? .interactive : .background
    }
}
