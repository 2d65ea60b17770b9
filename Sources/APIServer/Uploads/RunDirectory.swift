import Foundation

/// A folder for what lives no longer than this server process: uploads and sockets.
///
/// Its name carries the process id, so that the next server removes what a killed one left behind.
public struct RunDirectory: Sendable {
    /// Where spooled uploads go.
    let uploads: String
    /// Where the engines' sockets go.
    public let sockets: String
    /// Where what the engines are told about ONNX Runtime is.
    public let runtimeSettings: String
    private let path: String

    private static let prefix = "asr2clip-"

    /// Removes leftovers of dead servers of this user, and makes the folder, for this user's eyes only.
    ///
    /// - Parameter parent: The folder for temporary files.
    /// - Throws: What the file system says.
    public init(in parent: String) throws {
        Self.removeLeftovers(in: parent)
        var template = Array("\(parent)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        path = String(cString: made)
        uploads = path + "/uploads"
        sockets = path + "/engines"
        runtimeSettings = path + "/onnxruntime.settings"
        for folder in [uploads, sockets] {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        }
    }

    /// Removes the folder with all that is in it.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func removeLeftovers(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            let fields = name.dropFirst(prefix.count).split(separator: "-")
            guard fields.count == 2, let process = Int32(fields[0]), isGone(process), isOurs(path) else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// A folder that carries our own number was left by a process that had it before us.
    private static func isGone(_ process: Int32) -> Bool {
        process == getpid() || (kill(process, 0) == -1 && errno == ESRCH)
    }

    private static func isOurs(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_uid == getuid() && status.st_mode & S_IFMT == S_IFDIR
    }
}
