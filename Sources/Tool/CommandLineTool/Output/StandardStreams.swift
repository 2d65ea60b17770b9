import Essentials
import Synchronization
import SystemPackage

/// The descriptors 0, 1 and 2.
enum StandardStreams {
    /// Makes them safe to write to; call it first in the process.
    ///
    /// If one of them is closed, the next file that the process opens would get its number, and messages would be written
    /// into that file. So `/dev/null` takes its place, opened so that to read or write it fails as before. A reader that
    /// goes away is then an error of the write, too, and not the end of the process.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        // In this order: the system gives the lowest free number.
        for (number, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(number, F_GETFD) == -1 {
            _ = open("/dev/null", mode)
        }
    }
}

/// Standard output: what the user asked for, and nothing else.
enum StandardOutput {
    /// Writes a text, exactly as it is.
    ///
    /// - Throws: `Failure` that says why the text, or its end, could not be written.
    static func write(_ text: String) throws(Failure) {
        do throws(Errno) {
            try send(text)
        } catch {
            throw Failure("Cannot write to standard output: \(error.description).")
        }
    }

    /// Writes a text, exactly as it is.
    ///
    /// - Throws: `Errno`, for whoever wants to know the reason.
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

/// Standard error: messages for people. If one cannot be written it is lost, and the program goes on.
enum StandardError {
    private static let turn = Mutex(())

    /// Writes a text, exactly as it is; no other thread's text lands within it.
    static func write(_ text: String) {
        turn.withLock { _ in try? FileDescriptor.standardError.writeWhole(text) }
    }
}

extension FileDescriptor {
    /// Writes the whole text. It waits for a reader, also if the descriptor is set not to wait, as one that is shared with
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
