import Essentials
import ModelFamilies
import SystemPackage

/// A folder for what lives no longer than this server process: uploads, and what engines are told about their library.
///
/// The process holds a lock on it, so that the next server removes what a killed one left behind and nothing else.
public final class RunDirectory: Sendable {
    /// Where spooled uploads go.
    let uploads: String
    /// Where what the engines are told about ONNX Runtime is.
    public let runtimeSettings: String
    private let folder: LockedFolder

    private static let prefix = "asr2clip-"

    /// Removes leftovers of servers of this user that have ended, and makes the folder, for this user's eyes only.
    ///
    /// - Parameter parent: The folder for temporary files.
    /// - Throws: `RunDirectoryError`.
    public init(in parent: String) throws(RunDirectoryError) {
        folder = try Self.makeFolder(in: parent)
        uploads = folder.path + "/uploads"
        runtimeSettings = folder.path + "/onnxruntime.settings"
        do {
            try restore()
        } catch {
            remove()
            throw RunDirectoryError(parent, error)
        }
    }

    /// Makes again what somebody has removed of it, such as a program that cleans folders for temporary files.
    ///
    /// - Throws: What the file system says.
    @Sendable public func restore() throws {
        try folder.restore()
        guard mkdir(uploads, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        if access(runtimeSettings, F_OK) != 0 {
            try RuntimeSettings.text.write(toFile: runtimeSettings, atomically: true, encoding: .utf8)
        }
    }

    /// Removes the folder with all that is in it.
    public func remove() {
        folder.remove()
    }

    private static func makeFolder(in parent: String) throws(RunDirectoryError) -> LockedFolder {
        removeLeftovers(in: parent)
        do throws(Errno) {
            return try LockedFolder(in: parent, prefix: "\(prefix)\(getpid())-")
        } catch {
            throw RunDirectoryError(parent, error)
        }
    }

    private static func removeLeftovers(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            let fields = name.dropFirst(prefix.count).split(separator: "-")
            guard fields.count == 2, Int32(fields[0]) != nil else { continue }
            LockedFolder(leftAt: "\(parent)/\(name)")?.remove()
        }
    }
}

/// Why there is no folder for temporary files, and what to do.
public struct RunDirectoryError: Error, Sendable, CustomStringConvertible {
    /// The message.
    public let description: String

    fileprivate init(_ description: String) {
        self.description = description
    }

    fileprivate init(_ parent: String, _ error: any Error) {
        let reason = SystemReason.words(for: error)
        self.init(
            "Cannot make a folder for temporary files in \(parent): \(reason). Set TMPDIR to a folder that can be written "
                + "and has space.")
    }
}
