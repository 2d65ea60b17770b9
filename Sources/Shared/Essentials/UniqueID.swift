import Synchronization

/// An identifier that is unique in this process. Random identifiers would need a system call.
public struct UniqueID: Hashable, Sendable, CustomStringConvertible {
    private static let last = Atomic(0)
    private let value = UniqueID.last.add(1, ordering: .relaxed).newValue

    /// Takes the next number.
    public init() {}

    /// The number in digits.
    public var description: String { "\(value)" }
}
