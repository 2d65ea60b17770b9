import Synchronization

/// Whether the first long recording of an engine has come.
///
/// Memory grows until all lanes have decoded segments of the longest at the same time, whenever that comes about: somewhere in
/// the third hour of a recording, or with its first window, decoded on every lane before it is cut.
final class Rehearsal: Sendable {
    private let isDone = Atomic(false)

    /// True once, for whoever asks first.
    var isDue: Bool { !isDone.exchange(true, ordering: .relaxed) }
}
