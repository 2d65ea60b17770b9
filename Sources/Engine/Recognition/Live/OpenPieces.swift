import Synchronization

/// How many pieces are open in all live sessions of a model: in how many of them somebody speaks now.
final class OpenPieces: Sendable {
    /// An open piece. It counts until it is released.
    final class Mark: Sendable {
        private let pieces: OpenPieces

        fileprivate init(_ pieces: OpenPieces) {
            self.pieces = pieces
            pieces.count.add(1, ordering: .relaxed)
        }

        deinit { pieces.count.subtract(1, ordering: .relaxed) }
    }

    private let count = Atomic(0)
    private let lanes: Int

    init(lanes: Int) { self.lanes = lanes }

    /// Whether there are more of them than lanes, so that their texts may have to wait for each other.
    var areCrowded: Bool { count.load(ordering: .relaxed) > lanes }

    func add() -> Mark { Mark(self) }
}
