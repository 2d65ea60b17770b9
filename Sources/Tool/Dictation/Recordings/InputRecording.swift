import Concurrency
import Essentials
import SystemPackage

/// A recording named by the user, as a file that can be read repeatedly: the file itself, or a copy of a pipe's data,
/// which is removed with the last reference.
final class InputRecording: Sendable {
    let path: String
    let name: String
    private let temporary: TemporaryInput?

    /// Prepares a recording. If it is a pipe, this takes until the end of its data.
    init(_ file: String) async throws {
        let shown = SystemName.shown(file)
        let name = file == "-" ? "stdin" : shown.split(separator: "/").last.map(String.init) ?? shown
        let isCopied = try await abandonable { try Self.isReadOnce(file) }
        let temporary = isCopied || SystemName.isRaw(file) ? try TemporaryInput() : nil
        do {
            path = try await abandonable { try (isCopied ? temporary?.copy(file) : temporary?.link(file)) ?? file }
        } catch {
            // The abandoned call may keep a reference for as long as the process runs.
            temporary?.remove()
            throw error
        }
        self.name = name
        self.temporary = temporary
    }

    deinit {
        // Not left to the last reference: the thread that made the copy may hold one for a moment longer.
        temporary?.remove()
    }

    /// Whether a file can be read only once.
    private static func isReadOnce(_ file: String) throws(ClientError) -> Bool {
        guard file != "-" else { return true }
        var status = stat()
        guard stat(SystemName.cString(file), &status) == 0 else {
            throw ClientError(
                .unreadable, "'\(SystemName.shown(file))' cannot be read: \(SystemReason.words(for: errno)).")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return false
        case S_IFDIR:
            throw ClientError(
                .unreadable,
                "'\(SystemName.shown(file))' is a folder. Name the files in it, or use: asr2clip transcribe -r")
        default: return true
        }
    }
}

/// A temporary folder for a recording that cannot be read in place.
private final class TemporaryInput: Sendable {
    private let path: String

    init() throws(ClientError) {
        let folder = FileManager.default.temporaryDirectory.path
        var template = Array("\(folder)/asr2clip-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ClientError(
                .unreadable,
                "No temporary folder can be made in '\(folder)'. Set TMPDIR to a folder that can be written.")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private var file: String { path + "/input" }

    func remove() {
        unlink(file)
        rmdir(path)
    }

    /// Creates a link with a UTF-8 path to a file whose name is not UTF-8: engines and decoders accept only UTF-8.
    func link(_ target: String) throws(ClientError) -> String {
        let name = SystemName.bytes(of: target)
        var absolute = name
        if name.first != UInt8(ascii: "/"), let folder = getcwd(nil, 0) {
            absolute = Array(String(cString: folder).utf8) + [UInt8(ascii: "/")] + name
            free(folder)
        }
        guard symlink(absolute.map(CChar.init(bitPattern:)) + [0], file) == 0 else {
            throw ClientError(.unreadable, "'\(SystemName.shown(target))' cannot be reached through '\(path)'.")
        }
        return file
    }

    /// Copies the data of a pipe, to its end.
    func copy(_ source: String) throws(ClientError) -> String {
        let shown = source == "-" ? "Standard input" : "'\(SystemName.shown(source))'"
        func failure(_ operation: String) -> ClientError {
            ClientError(.unreadable, "\(shown) cannot be \(operation): \(SystemReason.words(for: errno)).")
        }
        let input = source == "-" ? STDIN_FILENO : open(SystemName.cString(source), O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw failure("read") }
        defer { if input != STDIN_FILENO { close(input) } }
        let output = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw failure("kept in '\(path)'") }
        defer { close(output) }
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(input, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            guard count > 0 else { return file }
            do {
                try FileDescriptor(rawValue: output).writeAll(piece.prefix(count))
            } catch {
                throw ClientError(
                    .unreadable, "\(shown) cannot be kept in '\(path)': make room, or set TMPDIR elsewhere.")
            }
        }
    }
}

/// File names as the system stores them: bytes, which need not be UTF-8. A Swift string is always valid UTF-8. Bytes
/// that are not are encoded in it as characters of a private-use plane, and decoded for system calls. Python does the
/// same with surrogates (PEP 383).
package enum SystemName {
    private static let base: UInt32 = 0x10_FE00

    package static func text(of name: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var bytes = Array(name)[...]
        while !bytes.isEmpty {
            let length = (1...min(4, bytes.count)).first { String(validating: bytes.prefix($0), as: UTF8.self) != nil }
            if let length, let valid = String(validating: bytes.prefix(length), as: UTF8.self) {
                text.append(contentsOf: valid.unicodeScalars)
                bytes = bytes.dropFirst(length)
            } else if let scalar = Unicode.Scalar(base + UInt32(bytes.removeFirst())) {
                text.append(scalar)
            }
        }
        return String(text)
    }

    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            isByte(scalar) ? [UInt8(scalar.value - base)] : Array(UTF8.encode(scalar) ?? .init())
        }
    }

    /// Decodes the name that a text encodes, for system calls.
    static func cString(_ text: String) -> [CChar] { bytes(of: text).map(CChar.init(bitPattern:)) + [0] }
    static func isRaw(_ text: String) -> Bool { text.unicodeScalars.contains(where: isByte) }

    /// A name for users and servers: bytes that are not UTF-8 are replaced.
    package static func shown(_ text: String) -> String {
        guard isRaw(text) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isByte($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isByte(_ scalar: Unicode.Scalar) -> Bool { (base + 0x80...base + 0xFF).contains(scalar.value) }
}
