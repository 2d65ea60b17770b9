import EngineLink
import Essentials
import Sandbox
import Synchronization

/// Sends the engine's notices to the parent, as lines on the original standard output.
///
/// Libraries write to standard output as well. Their text is redirected to standard error, and so to the log.
final class Notices: Sendable {
    private let descriptor: CInt
    private let turn = Mutex(())

    /// Takes over standard output. Make one for each process.
    init() {
        descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        dup2(STDERR_FILENO, STDOUT_FILENO)
    }

    /// Sends a notice. If that fails, the parent is not reading, so the notice is dropped.
    func send(_ notice: EngineNotice) {
        guard let line = try? JSONEncoder().encode(notice) else { return }
        turn.withLock { _ in StandardError.write(line + Data("\n".utf8), to: descriptor) }
    }
}

extension EngineSandbox {
    func enter(warning notices: Notices) {
        for lack in enter() { notices.send(.warning("The engine's sandbox is without \(lack).")) }
    }
}

/// Text for the parent's log.
enum StandardError {
    /// Writes text; gives up on an error.
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
