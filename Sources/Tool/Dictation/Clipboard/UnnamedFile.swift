import Essentials
import SystemPackage

/// A temporary file without a name: only this process and its children can reach it, by descriptor.
final class UnnamedFile: Sendable {
    let descriptor: FileDescriptor

    /// Creates a file whose offset is at its start.
    ///
    /// - Throws: `ClipboardError` if the folder has no room for it.
    init(in folder: String, holding text: String = "") throws(ClipboardError) {
        var template = Array("\(folder)/asr2clip-XXXXXX".utf8CString)
        let raw = mkstemp(&template)
        guard raw >= 0 else {
            throw ClipboardError(
                "No temporary file can be made in '\(folder)'. Set TMPDIR to a folder that can be written.")
        }
        unlink(template)
        descriptor = FileDescriptor(rawValue: raw)
        do {
            try descriptor.writeAll(text.utf8)
            try descriptor.seek(offset: 0, from: .start)
        } catch {
            throw ClipboardError("There is no room for temporary files in '\(folder)'.")
        }
    }

    deinit {
        try? descriptor.close()
    }

    /// The first line of its content.
    var firstLine: String {
        var bytes = [UInt8](repeating: 0, count: 500)
        let count = (try? bytes.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: 0, into: $0) }) ?? 0
        return String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
