import Essentials
import Synchronization
import SystemPackage

/// The file descriptors 0, 1 and 2.
enum StandardStreams {
    /// Makes them safe to write to. Must be called first in the process.
    ///
    /// If one of them is closed, the next file that the process opens would get its number, and messages would be
    /// written into that file. So it is opened on `/dev/null`, in a mode in which reading or writing fails as before.
    /// Also, if a reader closes its pipe, the write fails instead of ending the process.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        // In this order, because the system assigns the lowest free number.
        for (number, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(number, F_GETFD) == -1 {
            _ = open("/dev/null", mode)
        }
    }
}

/// Standard output: only the results that the user asked for.
enum StandardOutput {
    /// Writes a text unchanged.
    ///
    /// - Throws: `Failure` that says why the text, or its end, could not be written.
    static func write(_ text: String) throws(Failure) {
        do throws(Errno) {
            try send(text)
        } catch {
            throw Failure("Cannot write to standard output: \(error.description).")
        }
    }

    /// Writes a text unchanged.
    ///
    /// - Throws: `Errno`, for callers that need the error code.
    static func send(_ text: String) throws(Errno) {
        try FileDescriptor.standardOutput.writeWhole(text)
    }

    /// Writes a text and a line end.
    ///
    /// - Throws: `Failure`.
    static func print(_ text: String) throws(Failure) {
        try write(text + "\n")
    }
}

/// Standard error: messages for the user. If one cannot be written, it is dropped and the program continues.
enum StandardError {
    private static let turn = Mutex(())

    /// Writes a text unchanged; texts of different threads are not interleaved.
    static func write(_ text: String) {
        turn.withLock { _ in try? FileDescriptor.standardError.writeWhole(text) }
    }
}

extension FileDescriptor {
    /// Writes the whole text. Waits for the reader even if the descriptor is non-blocking, as one that is shared with
    /// another program may be.
    func writeWhole(_ text: String) throws(Errno) {
        var text = text
        let result = text.withUTF8 { utf8 -> Result<Void, Errno> in
            var rest = UnsafeRawBufferPointer(utf8)
            while !rest.isEmpty {
                do {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(try write(rest)))
                } catch Errno.resourceTemporarilyUnavailable {
                    var request = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                    poll(&request, 1, -1)
                } catch {
                    return .failure(error as? Errno ?? .ioError)
                }
            }
            return .success(())
        }
        try result.get()
    }
}
