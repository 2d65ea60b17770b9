import CProcess
import Essentials

/// A file's content at a moment at which no program was writing it: half a file must not be read.
struct SettledFile {
    let data: Data
    let status: stat

    /// Reads a regular file. Blocks while programs are writing it.
    ///
    /// - Returns: `nil` if they do not stop within the patience.
    static func read(_ path: String, _ patience: EditPatience) throws(SystemError) -> Self? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SystemError("read", path) }
        defer { close(descriptor) }
        let file = Reader(path: path, descriptor: descriptor)
        while true {
            if let content = try file.content() { return content }
            guard !patience.isOver else { return nil }
            usleep(2000)
        }
    }

    private struct Reader {
        let path: String
        let descriptor: Int32

        /// The file, unless a program is writing it.
        func content() throws(SystemError) -> SettledFile? {
            let before = try status()
            guard !hasWriter() else { return nil }
            let data = try bytes()
            let after = try status()
            // Somebody may have begun to write meanwhile.
            guard asr_has_writer(descriptor) != 1, Int64(data.count) == after.st_size, before.changed == after.changed
            else { return nil }
            return SettledFile(data: data, status: after)
        }

        private func status() throws(SystemError) -> stat {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw SystemError("read", path) }
            guard status.kind == S_IFREG else { throw SystemError("read", path, reason: "it is no file") }
            return status
        }

        private func bytes() throws(SystemError) -> Data {
            var data = Data()
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = pread(descriptor, &buffer, buffer.count, off_t(data.count))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw SystemError("read", path) }
                guard count > 0 else { return data }
                data.append(contentsOf: buffer[..<count])
            }
        }

        /// Whether a program has the file open for writing, or, where the system does not tell, whether it changes in a
        /// moment.
        private func hasWriter() -> Bool {
            switch asr_has_writer(descriptor) {
            case 0: return false
            case 1: return true
            default:
                var (first, second) = (stat(), stat())
                fstat(descriptor, &first)
                usleep(100_000)
                fstat(descriptor, &second)
                return first.st_size != second.st_size || first.changed != second.changed
            }
        }
    }
}

extension stat {
    /// When its content was last changed.
    fileprivate var changed: [Int] {
        #if canImport(Darwin)
            [st_mtimespec.tv_sec, st_mtimespec.tv_nsec]
        #else
            [st_mtim.tv_sec, st_mtim.tv_nsec]
        #endif
    }
}
