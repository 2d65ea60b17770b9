import Essentials

/// How patient a fetch is, and how it learns what it cannot know itself. Tests have their own.
struct FetchSettings: Sendable {
    /// How long connecting may take.
    var connectTimeout: Duration = .seconds(30)
    /// How long the server may stay silent.
    var idleTimeout: Duration = .seconds(30)
    /// Tries in a row that bring nothing new before a fetch gives up.
    var fruitlessTries = 6
    /// How often a download may begin anew because what the server has is another file now.
    var restarts = 3
    /// The pause after the first fruitless try; it doubles with each.
    var pause: Duration = .milliseconds(500)
    /// The longest pause.
    var longestPause: Duration = .seconds(10)
    /// The longest pause that a server may ask for (`Retry-After`).
    var longestWish: Duration = .seconds(60)
    /// How soon after a failed fetch a request may start another.
    var retryInterval: Duration = .seconds(10)
    /// How often to look whether another process has finished its fetch.
    var waitInterval: Duration = .milliseconds(250)
    /// What an archive may unpack to, as a multiple of its size. Speech models shrink by a factor of 1 to 4.
    var unpackRatio: Int64 = 100
    /// What any archive may unpack to, however small it is.
    var unpackAllowance: Int64 = 64 << 20
    /// What unpacking leaves free on the disk.
    var reserve: Int64 = 64 << 20
    /// How long the engine that reads an archive may say nothing.
    var unpackPatience: Duration = .seconds(60)
    /// Which proxies lead where.
    var proxies: ProxySettings = .none
    /// The free bytes on the disk that a folder is on; `nil` if the system does not tell.
    var freeSpace: @Sendable (_ folder: String) -> Int64? = Self.freeSpace(at:)

    private static func freeSpace(at folder: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail).multipliedClamped(by: UInt64(status.f_frsize)))
    }
}
