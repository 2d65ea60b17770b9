import Foundation

/// How patient a fetch is, and how it learns what it cannot know itself. Tests have their own.
struct FetchSettings: Sendable {
    /// How long connecting may take.
    var connectTimeout: Duration = .seconds(30)
    /// How long the server may stay silent.
    var idleTimeout: Duration = .seconds(30)
    /// How soon after a failed fetch a request may start another.
    var retryInterval: Duration = .seconds(10)
    /// The free bytes on the disk that a folder is on; `nil` if the system does not tell.
    var freeSpace: @Sendable (_ folder: String) -> Int64? = Self.freeSpace(at:)

    private static func freeSpace(at folder: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
