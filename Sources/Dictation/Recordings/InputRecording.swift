import AudioInput
import Foundation

/// A recording that somebody named: a file, or what comes on standard input, which is kept in a file meanwhile.
final class InputRecording {
    let path: String
    let name: String
    private let isTemporary: Bool

    init(_ file: String) throws(ClientError) {
        isTemporary = file == "-"
        name = isTemporary ? "stdin" : file.split(separator: "/").last.map(String.init) ?? file
        path = isTemporary ? try Self.spoolStandardInput() : file
    }

    deinit {
        if isTemporary { unlink(path) }
    }

    /// How long it is, if its header tells.
    var duration: Duration? {
        (try? AudioDecoder(path: path, name: name))?.declaredDuration
    }

    private static func spoolStandardInput() throws(ClientError) -> String {
        var template = Array("\(NSTemporaryDirectory())/asr2clip-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw ClientError(.unreadable, "Cannot keep standard input in a temporary file: set TMPDIR to a folder.")
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
                try file.write(contentsOf: piece)
            }
        } catch {
            unlink(path)
            throw ClientError(.unreadable, "Standard input cannot be kept: \(error.localizedDescription)")
        }
        return path
    }
}
