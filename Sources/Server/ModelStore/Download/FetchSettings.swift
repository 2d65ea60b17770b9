import Essentials

/// Timeouts, retries and limits of a download, and its access to the system. Tests have their own.
struct FetchSettings: Sendable {
    var connectTimeout: Duration = .seconds(30)
    /// How long the server may send nothing.
    var idleTimeout: Duration = .seconds(30)
    /// How many tries in a row may receive nothing new before a download is given up.
    var fruitlessTries = 6
    /// How often a download may start again because the file on the server has changed.
    var restarts = 3
    /// The pause after the first fruitless try; it doubles with each further one.
    var pause: Duration = .milliseconds(500)
    var longestPause: Duration = .seconds(10)
    /// The longest pause that a server may ask for (`Retry-After`).
    var longestRetryAfter: Duration = .seconds(60)
    /// How soon after a failed fetch a request may start another.
    var retryInterval: Duration = .seconds(10)
    /// How often to check whether another process has finished its download.
    var waitInterval: Duration = .milliseconds(250)
    /// How many times its size an archive may unpack to. Speech models compress by a factor of 1 to 4.
    var unpackRatio: Int64 = 100
    /// The bytes that any archive may unpack to, however small it is.
    var unpackAllowance: Int64 = 64 << 20
    /// The bytes that unpacking leaves free on the disk.
    var reserve: Int64 = 64 << 20
    /// How long the engine that reads an archive may send nothing.
    var unpackPatience: Duration = .seconds(60)
    var proxies: ProxySettings = .none
    var mirror: ModelMirror?
    /// Whether a download may be another file than its address gave before.
    var acceptsChanged = false
    /// The free bytes on the disk of a folder; `nil` if the system does not report them.
    var freeSpace: @Sendable (_ folder: String) -> Int64? = Self.freeSpace(at:)

    private static func freeSpace(at folder: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail).multipliedClamped(by: UInt64(status.f_frsize)))
    }
}
