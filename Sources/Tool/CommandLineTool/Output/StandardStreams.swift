import Dictation
import Essentials
import Synchronization
import SystemPackage

enum StandardStreams {
    /// Makes them safe to write to. Must be called first in the process. If one of them is closed, the next file that
    /// the process opens would get its number, and messages would be written into that file. So it is opened on
    /// `/dev/null`, in a mode in which reading or writing fails as before. Also, if a reader closes its pipe, the write
    /// fails instead of ending the process.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        // In this order, because the system assigns the lowest free number.
        for (number, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(number, F_GETFD) == -1 { _ = open("/dev/null", mode) }
    }
}

/// Standard output: only the results that the user asked for.
enum StandardOutput {
    static func write(_ text: String) throws(Failure) {
        do throws(Errno) {
            try send(text)
        } catch {
            throw Failure("Cannot write to standard output: \(error.description).")
        }
    }

    static func send(_ text: String) throws(Errno) { try FileDescriptor.standardOutput.writeWhole(text) }
    static func print(_ text: String) throws(Failure) { try write(text + "\n") }
}

/// Standard error: messages for the user. If one cannot be written, it is dropped and the program continues.
enum StandardError {
    private static let turn = Mutex(())

    /// Writes a text unchanged; texts of different threads are not interleaved.
    static func write(_ text: String) { turn.withLock { _ in try? FileDescriptor.standardError.writeWhole(text) } }
    static func report(_ message: String) { write("asr2clip: \(message)\n") }
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

/// Rows in columns of the necessary width, for users and for `awk`.
struct Table {
    private var rows: [[String]]

    init(_ heads: String...) { rows = [heads] }

    /// Adds a row; an empty cell is written as `-`.
    mutating func add(_ cells: String...) { rows.append(cells.map { $0.isEmpty ? "-" : $0 }) }

    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.compactMap { $0.count > column ? $0[column].count : nil }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            return cells.joined(separator: "   ")
        }.joined(separator: "\n")
    }
}
