import Essentials

/// The path of the program `asr2clip-engine`, and whether it is safe to start: it receives the microphone's audio, and
/// runs with the user's rights.
package struct EngineExecutable: Sendable, Equatable {
    /// With symbolic links resolved.
    package let path: String

    package static let name = "asr2clip-engine"

    /// Resolves symbolic links now, so that the file that is checked is the file that is started.
    package init(path: String) {
        guard let resolved = realpath(path, nil) else {
            self.path = path
            return
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
    }

    /// Finds the engine installed with this program: in the program's own folder, as in a build folder, or else in
    /// `../libexec/asr2clip`. Resolves links to the running program first; considers no other path.
    package init(besideProgram program: String) {
        let folder = URL(filePath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = folder.appending(path: Self.name).path
        let installed = folder.deletingLastPathComponent().appending(path: "libexec/asr2clip/\(Self.name)").path
        self.init(path: access(beside, F_OK) == 0 ? beside : installed)
    }

    /// Why the program must not be started, and what to do; `nil` if it may be.
    ///
    /// The program and its folder must belong to root or to this user. Neither they nor a folder above may be writable
    /// by everybody. Group permissions are not checked: where each user has a group of their own, files are often
    /// group-writable. The owners of the folders above are not checked either: a user who keeps a program in another
    /// user's folder trusts that user.
    var fault: String? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let reason = errno == ENOENT ? "is missing" : "cannot be looked at (\(SystemReason.words(for: errno)))"
            return "The program \(path) \(reason). Install asr2clip again, with all its programs."
        }
        guard status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            return "\(path) is no program that can be started. Install asr2clip again, with all its programs."
        }
        if let fault = Self.fault(of: status, at: path, isFolder: false) { return fault }
        var folder = URL(filePath: path).deletingLastPathComponent()
        var isDirect = true
        while true {
            if stat(folder.path, &status) == 0,
                let fault = Self.fault(of: status, at: folder.path, isFolder: true, ownerCounts: isDirect)
            {
                return fault
            }
            guard folder.path != "/" else { return nil }
            folder.deleteLastPathComponent()
            isDirect = false
        }
    }

    private static func fault(of status: stat, at path: String, isFolder: Bool, ownerCounts: Bool = true) -> String? {
        guard !ownerCounts || status.st_uid == 0 || status.st_uid == geteuid() else {
            return
                "\(path) belongs to neither root nor you (but to user \(status.st_uid)), so the engine is not started. "
                + "Install asr2clip again, or give it to yourself: chown."
        }
        let othersWrite = status.st_mode & S_IWOTH != 0
        // In a sticky folder, users cannot replace files that they do not own (inode(7)).
        guard !othersWrite || isFolder && status.st_mode & S_ISVTX != 0 else {
            return "Everybody may write \(path), so the engine is not started. Take that right away: chmod o-w \(path)"
        }
        return nil
    }
}
