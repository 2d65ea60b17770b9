import Essentials
import Crypto

/// The bytes of a download that have arrived, and what is known of the rest.
struct PartialDownload {
    /// What must still be so for the bytes to be of use.
    struct Record: Codable, Equatable {
        /// The SHA-256 of the URL, which itself may hold secrets.
        var source: String
        /// The strong `ETag` or the `Last-Modified` that came with the bytes (RFC 9110, section 13.1.5).
        var validator: String?
        /// The size of the whole in bytes, if it is known.
        var total: Int64?
    }

    /// Where the bytes are.
    let file: String
    private let recordFile: String

    /// Names the partial download in a staging folder; it need not exist.
    init(folder: String) {
        file = folder + "/download"
        recordFile = folder + "/download.json"
    }

    /// How many bytes have arrived.
    var size: Int64 { FileSystem.size(file) ?? 0 }

    /// What was noted of the download; `nil` if nothing was, or not in full.
    var record: Record? {
        guard let data = FileManager.default.contents(atPath: recordFile) else { return nil }
        return try? JSONDecoder().decode(Record.self, from: data)
    }

    /// What was noted, if the bytes can be the beginning of this download.
    ///
    /// Without a validator only the hash in the registry can tell in the end that the halves fit.
    func record(for download: ModelDownload) -> Record? {
        guard let record, record.source == Self.source(of: download), size > 0 else { return nil }
        guard record.validator != nil || download.sha256 != nil else { return nil }
        guard record.total.map({ size <= $0 }) ?? true else { return nil }
        return record
    }

    /// Notes what is about to arrive. Bytes that are there are no part of it.
    func begin(_ download: ModelDownload, validator: String?, total: Int64?) throws(SystemError) {
        discard()
        let record = Record(source: Self.source(of: download), validator: validator, total: total)
        do {
            try JSONEncoder().encode(record).write(to: URL(fileURLWithPath: recordFile), options: .atomic)
        } catch {
            throw SystemError("write", recordFile, reason: SystemReason.words(for: error))
        }
    }

    /// Deletes the bytes and what was noted of them.
    func discard() {
        unlink(file)
        unlink(recordFile)
    }

    private static func source(of download: ModelDownload) -> String {
        SHA256.hash(data: Data(download.url.absoluteString.utf8)).hexadecimal
    }
}

extension Sequence<UInt8> {
    /// The bytes as lower-case hex digits, two each.
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
