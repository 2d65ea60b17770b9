import SpeechTypes

/// Which segments are decoded first if cores are scarce.
enum DecodePriority: Sendable, Hashable, CaseIterable {
    /// A user waits for the text.
    case interactive
    /// A later part of a long recording, which takes long in any case.
    case background

    /// How much of a recording is interactive, so that the first text of a long one arrives soon as well.
    private static let interactiveBeginning = Duration.seconds(60)

    /// The priority of a segment, from its position in the recording.
    init(of segment: SpeechSegment) {
        self = segment.start < Self.interactiveBeginning ? .interactive : .background
    }
}
