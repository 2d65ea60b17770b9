import SpeechTypes

/// The sound of a recording on its way to a live session, which cannot take any back. Does no I/O.
///
/// A recording that gets too long is cut in the past. So sound that may turn out to belong to the next recording is kept
/// until the end is known.
struct UncutSound {
    /// Sound is passed on in pieces of at least a tenth of a second.
    static let piece = AudioBuffer.sampleRate / 10

    /// Samples from here on may belong to the next recording; `nil` if the recording is never cut.
    private let earliestCut: Int?
    /// Samples received.
    private(set) var received = 0
    /// Samples passed on.
    private var passed = 0
    /// The samples received and not passed on.
    private var kept: [Float] = []

    init(earliestCut: Int?) { self.earliestCut = earliestCut }

    /// Takes samples; returns those to pass on now.
    mutating func receive(_ sound: [Float]) -> [Float] {
        received += sound.count
        kept += sound
        let count = min(kept.count, earliestCut.map { max(0, $0 - passed) } ?? .max)
        return count >= Self.piece ? pass(count) : []
    }

    /// Ends the recording after `count` samples; returns the rest of them. If more have been passed on, those are the
    /// silence that ended it.
    mutating func end(after count: Int) -> [Float] { pass(min(kept.count, max(0, count - passed))) }

    private mutating func pass(_ count: Int) -> [Float] {
        defer { kept.removeFirst(count) }
        passed += count
        return Array(kept.prefix(count))
    }
}
