import Concurrency
import Essentials
import SystemPackage

/// A recording named by the user, as a file that can be read repeatedly: the file itself, or a copy of the data from a
/// pipe. The copy is removed with the last reference.
final class InputRecording: Sendable {
    /// The path to read it from.
    let path: String
    /// The name to show to users and servers.
    let name: String
    private let temporary: TemporaryInput?

    /// Prepares a recording. If it is a pipe, this takes until the end of its data.
    ///
    /// - Parameter file: Its path; `-` is standard input.
    /// - Throws: `ClientError` (`unreadable`), `CancellationError`.
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
                .unreadable, "'\(SystemName.shown(file))' cannot be read: \(String(cString: strerror(errno))).")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return false
        case S_IFDIR:
            throw ClientError(.unreadable, "'\(SystemName.shown(file))' is a folder. Name the files in it.")
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
        func failure(_ deed: String) -> ClientError {
            ClientError(.unreadable, "\(shown) cannot be \(deed): \(String(cString: strerror(errno))).")
        }
        let input =
            source == "-"
            ? STDIN_FILENO : open(SystemName.cString(source), O_RDONLY | O_CLOEXEC)
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
