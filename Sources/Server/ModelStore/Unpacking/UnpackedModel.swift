import Essentials

/// The unpacked content of an archive, before it is put in place.
struct UnpackedModel {
    /// The folder that becomes the model's directory.
    let folder: String
    /// The paths of all its contents, sorted.
    let contents: [String]

    /// Finds the model in an unpacked archive.
    ///
    /// - Parameters:
    ///   - root: Where the archive was unpacked.
    ///   - subdir: The model's folder in the archive; `nil` means its only top folder, or else its root.
    /// - Throws: `FetchError` if there is no such folder.
    init(in root: String, subdir: String?) throws {
        folder = try Self.modelFolder(in: root, subdir: subdir)
        contents = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }

    /// Checks that the files are there and that no link leads out of the folder, and flushes all files to disk.
    func verify(files: [String]) throws {
        let missing = files.filter { !FileSystem.isRegularFile(folder + "/" + $0) }
        guard missing.isEmpty else {
            throw FetchError(
                "The download lacks \(missing.listed); it holds \(Self.summary(contents)). "
                    + "Correct 'files' or 'archive_subdir' in models.yaml.")
        }
        for path in contents {
            try Task.checkCancellation()
            try settle(path)
        }
    }

    private func settle(_ path: String) throws {
        let full = folder + "/" + path
        // Links were checked in the archive, but their folder is another one here, and a hard link may have moved one.
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: full) {
            guard RelativePath(path)?.linkStaysInside(target: target) == true else {
                throw FetchError("The archive is refused because its link '\(path)' leads out of the model's folder.")
            }
            return
        }
        let descriptor = open(full, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", full) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError("save", full) }
    }

    private static func modelFolder(in root: String, subdir: String?) throws -> String {
        let top = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        guard let subdir else {
            let only = root + "/" + (top.first ?? "")
            return top.count == 1 && FileSystem.isRealDirectory(only) ? only : root
        }
        var folder = root
        for part in RelativePath(subdir)?.parts ?? [] {
            folder += "/" + part
            guard FileSystem.isRealDirectory(folder) else {
                throw FetchError(
                    "The archive has no folder '\(subdir)'; it holds \(summary(top)). "
                        + "Correct 'archive_subdir' in models.yaml.")
            }
        }
        return folder
    }

    /// The first names of a long list.
    private static func summary(_ names: [String]) -> String {
        let shown = 12
        guard names.count > shown else { return names.isEmpty ? "nothing" : names.listed }
        return "\(names.prefix(shown).listed) and \(names.count - shown) more"
    }
}
