import EngineLink
import Essentials
import Synchronization

/// Where the engine tells its parent about itself: lines on what was its standard output.
///
/// Libraries write to standard output as well. What they write goes to standard error, and with that to the log.
final class Notices: Sendable {
    private let descriptor: CInt
    private let turn = Mutex(())

    /// Takes standard output over. One for each process.
    init() {
        descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        dup2(STDERR_FILENO, STDOUT_FILENO)
    }

    /// Sends a notice. One that cannot be sent is lost: then nobody is there to read it.
    func send(_ notice: EngineNotice) {
        guard let line = try? JSONEncoder().encode(notice) else { return }
        turn.withLock { _ in StandardError.write(line + Data("\n".utf8), to: descriptor) }
    }
}

/// Text for the parent's log.
enum StandardError {
    /// Writes text, as far as it can be written.
    static func write(_ text: String) { write(Data(text.utf8), to: STDERR_FILENO) }

    fileprivate static func write(_ bytes: Data, to descriptor: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Essentials.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
