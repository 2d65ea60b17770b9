import CProcess
import Foundation

/// Ends an engine with its parent, however that ends: never an orphan.
enum ParentWatch {
    /// Begins to watch; call it first in the process.
    ///
    /// The end of standard input is the rule that works everywhere: the parent holds the other end and never writes.
    /// On Linux the kernel kills us as well; the look at the parent afterwards is for one that was gone before we asked.
    /// Signals that a terminal or a service manager sends to the whole group are the parent's to answer.
    static func start(parent: Int32) {
        signal(SIGINT, SIG_IGN)
        signal(SIGTERM, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        #if os(Linux)
            _ = asr_die_with_parent()
        #endif
        guard getppid() == parent else { exit(EXIT_FAILURE) }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            var count = 0
            repeat { count = read(STDIN_FILENO, &byte, 1) } while count > 0 || (count < 0 && errno == EINTR)
            _exit(EXIT_SUCCESS)
        }
    }
}
