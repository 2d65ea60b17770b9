import Synchronization

/// An identifier that is unique in this process. Random identifiers would need a system call.
package struct UniqueID: Hashable, Sendable, CustomStringConvertible {
    private static let last = Atomic(0)
    private let value = UniqueID.last.add(1, ordering: .relaxed).newValue

    package init() {}

    package var description: String { "\(value)" }
}
