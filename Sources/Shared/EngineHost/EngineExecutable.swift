import Essentials

/// Where the program `asr2clip-engine` is, and whether it may be started: it gets the sound of the microphone, and runs with
/// the rights of the user.
public struct EngineExecutable: Sendable, Equatable {
    /// Its path.
    public let path: String

    /// The program's name.
    public static let name = "asr2clip-engine"

    /// A program at a path, of which links are followed now: what is looked at is what is started.
    public init(path: String) {
        guard let resolved = realpath(path, nil) else {
            self.path = path
            return
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
    }

    /// The engine that belongs to this very program: beside it, as in a folder of builds, else in `../libexec/asr2clip`. Links
    /// that lead to the program are followed first; nothing else decides.
    ///
    /// - Parameter program: The path of the program that runs, as the system knows it.
    public init(besideProgram program: String) {
        let folder = URL(filePath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = folder.appending(path: Self.name).path
        let installed = folder.deletingLastPathComponent().appending(path: "libexec/asr2clip/\(Self.name)").path
        self.init(path: access(beside, F_OK) == 0 ? beside : installed)
    }

    /// Why the program is not to be started, and what to do; `nil` if it may.
    ///
    /// It and its folder must belong to root or to this user, and not everybody may write them or a folder above. What a group
    /// may do is not looked at: where each user has a group of their own, files are often made so. Nor is who owns the folders
    /// above: whoever keeps a program in somebody's folder trusts them.
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
        // In a sticky folder others can put nothing in the place of a file that is not theirs (inode(7)).
        guard !othersWrite || isFolder && status.st_mode & S_ISVTX != 0 else {
            return "Everybody may write \(path), so the engine is not started. Take that right away: chmod o-w \(path)"
        }
        return nil
    }
}
