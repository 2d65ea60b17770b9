import Crypto
import Essentials

/// The bytes received of a download, and a record of the whole.
struct PartialDownload {
    /// The facts that must still be true for the bytes to be usable.
    struct Record: Codable, Equatable {
        /// The SHA-256 of the URL, because the URL may contain secrets.
        var source: String
        /// The strong `ETag` or the `Last-Modified` of the response (RFC 9110, section 13.1.5).
        var validator: String?
        /// The total size in bytes, if it is known.
        var total: Int64?
        /// The SHA-256 of all bytes, if they were refused because their address gave another file before.
        var refused: String?
    }

    let file: String
    private let recordFile: String

    init(folder: String) {
        file = folder + "/download"
        recordFile = folder + "/download.json"
    }

    var size: Int64 { FileSystem.size(file) ?? 0 }

    /// The record of the download; `nil` if it is missing or incomplete.
    var record: Record? {
        guard let data = FileManager.default.contents(atPath: recordFile) else { return nil }
        return try? JSONDecoder().decode(Record.self, from: data)
    }

    /// The record, if the bytes can be the beginning of this download.
    ///
    /// Without a validator, only the hash in the registry can show at the end that the parts fit. Refused bytes are whole.
    func record(for download: ModelDownload) -> Record? {
        guard let record, record.source == download.urlHash, size > 0 else { return nil }
        guard record.validator != nil || download.sha256 != nil || record.refused != nil else { return nil }
        guard record.total.map({ size <= $0 }) ?? true else { return nil }
        return record
    }

    /// Records a download that starts from the first byte. Deletes earlier bytes.
    func begin(_ download: ModelDownload, validator: String?, total: Int64?) throws(SystemError) {
        discard()
        try write(Record(source: download.urlHash, validator: validator, total: total))
    }

    /// Keeps the whole download, which must not be used until somebody accepts it. So it need not be downloaded again, to be
    /// accepted or to be refused.
    func refuse(_ sha256: String, of download: ModelDownload) throws(SystemError) {
        var record = record ?? Record(source: download.urlHash)
        record.total = size
        record.refused = sha256
        try write(record)
    }

    private func write(_ record: Record) throws(SystemError) {
        do {
            try JSONEncoder().encode(record).write(to: URL(fileURLWithPath: recordFile), options: .atomic)
        } catch {
            throw SystemError("write", recordFile, reason: SystemReason.words(for: error))
        }
    }

    /// Deletes the bytes and their record.
    func discard() {
        unlink(file)
        unlink(recordFile)
    }
}

/// A file that is counted and hashed while it is written. It has one user at a time.
final class IncomingFile {
    private(set) var size: Int64 = 0
    private let path: String
    private let descriptor: Int32
    private var hasher = SHA256()

    /// Opens the file, or makes it if it is missing; existing content is read and counts.
    init(continuing path: String) throws(SystemError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        self.path = path
        self.descriptor = descriptor
        try readWhatIsThere()
    }

    deinit {
        close(descriptor)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        let isWhole = FileSystem.writeAll(bytes, to: descriptor) { part in
            hasher.update(bufferPointer: part)
            size += Int64(part.count)
        }
        guard isWhole else { throw SystemError("write to", path) }
    }

    /// Flushes the file to disk.
    ///
    /// - Returns: Its SHA-256 as 64 lower-case hex digits.
    func finish() throws(SystemError) -> String {
        guard fsync(descriptor) == 0 else { throw SystemError("save", path) }
        return hasher.finalize().hexadecimal
    }

    private func readWhatIsThere() throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", path) }
            guard count > 0 else { return }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
            size += Int64(count)
        }
    }
}
