import Foundation
import Synchronization

/// Where a server's engines listen: each run at a path of its own, so that a job that comes late finds nobody, and no
/// stranger.
final class EngineSockets: Sendable {
    private let directory: String
    private let made = Atomic(0)

    /// Sockets in a directory that only this user may enter.
    init(in directory: String) {
        self.directory = directory
    }

    /// A path for an engine, where nothing is.
    func take() -> String { "\(directory)/\(made.add(1, ordering: .relaxed).newValue).sock" }

    /// Removes what an engine that has ended left there.
    func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
