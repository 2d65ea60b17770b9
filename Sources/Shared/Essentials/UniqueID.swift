import Synchronization

/// Tells things of one process apart: no two are alike. For an identifier by random bits the system would be asked.
public struct UniqueID: Hashable, Sendable, CustomStringConvertible {
    private static let last = Atomic(0)
    private let value = UniqueID.last.add(1, ordering: .relaxed).newValue

    /// Takes the next number.
    public init() {}

    /// The number in digits.
    public var description: String { "\(value)" }
}
