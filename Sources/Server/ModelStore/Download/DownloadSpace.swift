import Essentials

/// The room on disk that the download of a model needs.
struct DownloadSpace {
    let entry: ModelEntry
    let download: ModelDownload
    let settings: FetchSettings

    /// How many times its size an archive is taken to unpack to, for want of anything better before it is there.
    private static let unpackedSizes: Int64 = 3

    /// Checks that there is room for the rest of a download, and for the content of an archive.
    ///
    /// - Parameters:
    ///   - left: The bytes that are still to be received.
    ///   - total: The bytes of the whole download.
    ///   - missing: The files that it has to bring.
    /// - Throws: `FetchError` that `lacksSpace`.
    func check(left: Int64, of total: Int64, missing: [String]) throws(FetchError) {
        let isSingleFile = missing.count == 1 && !download.hasArchiveName
        let unpacked = isSingleFile ? 0 : total.multipliedClamped(by: Self.unpackedSizes)
        try check(left.addingClamped(unpacked))
    }

    /// Checks that there is room for content of this size, and for an archive of it, which is no larger.
    func check(content: Int64) throws(FetchError) {
        try check(content.multipliedClamped(by: 2))
    }

    private func check(_ needed: Int64) throws(FetchError) {
        let disk = Self.existing(StagingFolder.path(for: entry.directory))
        guard let free = settings.freeSpace(disk), free < needed else { return }
        let place = FileSystem.parent(of: entry.directory)
        throw FetchError(
            "\(entry.name) needs about \(HumanFormat.bytes(needed)) on the disk of \(place), but \(HumanFormat.bytes(free)) are free; "
                + "make room or choose another --model-dir.", keepsPartial: true, lacksSpace: true)
    }

    /// The folder, or the nearest one above it that exists.
    private static func existing(_ folder: String) -> String {
        var folder = folder
        while folder != "/", !FileSystem.isDirectory(folder) { folder = FileSystem.parent(of: folder) }
        return folder
    }
}

extension ModelDownload {
    /// Whether the path of the URL ends like that of an archive.
    var hasArchiveName: Bool {
        let endings = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".zip"]
        let path = url.path.lowercased()
        return endings.contains(where: path.hasSuffix)
    }
}
