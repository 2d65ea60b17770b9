import Essentials
import ModelFamilies
import SystemPackage

/// A folder for files that are needed only while this server runs: uploads, and ONNX Runtime settings for engines.
///
/// The process holds a lock on it, so that the next server removes the leftovers of a killed one and nothing else.
public final class RunDirectory: Sendable {
    /// The path of the folder for spooled uploads.
    let uploads: String
    /// The path of the file with the engines' ONNX Runtime settings.
    public let runtimeSettings: String
    private let folder: LockedFolder

    private static let prefix = "asr2clip-"

    /// Removes leftovers of this user's servers that have ended, and makes the folder, accessible to this user only.
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

    /// Makes the parts again that have been removed, for example by a program that cleans folders for temporary files.
    ///
    /// - Throws: The file system's error.
    @Sendable public func restore() throws {
        try folder.restore()
        guard mkdir(uploads, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        if access(runtimeSettings, F_OK) != 0 {
            try RuntimeSettings.text.write(toFile: runtimeSettings, atomically: true, encoding: .utf8)
        }
    }

    /// Removes the folder and its contents.
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

/// The error if a folder for temporary files cannot be made, with advice.
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
