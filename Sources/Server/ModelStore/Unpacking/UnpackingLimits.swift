import Essentials

/// The limits for unpacking an archive: enough for any model, too little to fill the disk.
struct UnpackingLimits {
    /// The most entries. Models have some dozens of files.
    static let entries = 100_000

    /// The most bytes of an entry's path. Models need some dozens; systems allow 4096 for the whole path.
    static let pathLength = 1024

    private let bytes: Int64
    private let reason: String

    /// Sets the limits for an archive.
    ///
    /// - Parameters:
    ///   - archive: Its size in bytes.
    ///   - free: The free bytes on the target disk; `nil` if they are not known.
    ///   - settings: The ratio, and how much must stay free.
    init(archive: Int64, free: Int64?, _ settings: FetchSettings) {
        let byRatio = max(settings.unpackAllowance, archive.multipliedClamped(by: settings.unpackRatio))
        let bySpace = free.map { max(0, $0 - settings.reserve) } ?? .max
        bytes = min(byRatio, bySpace)
        reason =
            byRatio <= bySpace
            ? "it unpacks to more than \(HumanFormat.bytes(byRatio)), \(settings.unpackRatio) times its size"
            : "it unpacks to more than the \(HumanFormat.bytes(bySpace)) that are free on the disk"
    }

    /// Refuses an archive that exceeds the limits.
    func check(bytes: Int64, entries: Int) throws(FetchError) {
        if bytes > self.bytes { throw FetchError("The archive is refused: \(reason). Nothing of it was kept.") }
        if entries > Self.entries {
            throw FetchError(
                "The archive is refused: it has more than \(Self.entries) entries. Nothing of it was kept.")
        }
    }
}
