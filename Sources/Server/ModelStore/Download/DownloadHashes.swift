import Crypto
import Essentials

/// The SHA-256 that each address gave, for downloads whose entry has none: a later download must be the same file.
///
/// They are in a file in the models folder, which stays when models are removed. Its keys are the hashes of the addresses,
/// because these may contain secrets.
struct DownloadHashes: Sendable {
    struct Record: Codable, Equatable {
        /// The address that it came from, without secrets, for people. It may be that of a mirror.
        var source: String
        var sha256: String
        /// When it was recorded.
        var date = Date()

        /// The day it was recorded, in UTC: `2026-11-28`.
        var day: String { date.formatted(.iso8601.year().month().day()) }
    }

    static let fileName = ".asr2clip-hashes.json"

    private let folder: String
    private var file: String { folder + "/" + Self.fileName }

    init(modelsRoot: String) {
        folder = modelsRoot
    }

    /// The record of a download's address; `nil` if nothing came from there yet.
    /// - Throws: `FetchError` if the file cannot be read: a damaged record must not look like none.
    func record(of download: ModelDownload) throws(FetchError) -> Record? {
        guard FileSystem.isOccupied(file) else { return nil }
        do {
            return try Self.decode(Data(contentsOf: URL(fileURLWithPath: file)))[download.urlHash]
        } catch {
            throw FetchError(
                "The hashes of earlier downloads in \(file) cannot be read. Correct the file, or delete it to begin anew."
            )
        }
    }

    /// Records what a download's address gave, or a mirror instead of it. Tasks and processes do this one after the other.
    func remember(_ sha256: String, of download: ModelDownload, from source: ModelDownload? = nil) throws {
        let record = Record(source: (source ?? download).description, sha256: sha256)
        try FileSystem.createDirectory(folder)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("create", file) }
        close(descriptor)
        do throws(FileEditError) {
            guard let path = FileSystem.realPath(file) else { throw .system(SystemError("read", file)) }
            try ContestedFile(path: path).edit { (data) throws(FileEditError) in
                do {
                    var records = try Self.decode(data)
                    records[download.urlHash] = record
                    return try Self.encode(records)
                } catch {
                    throw .system(SystemError("read", file, reason: "it is damaged; delete it to begin anew"))
                }
            }
        } catch {
            switch error {
            case .system(let error): throw error
            case .readOnly(let path): throw SystemError("change", path, reason: "it is read-only")
            case .busy, .mounted, .refused: throw SystemError("change", file, reason: "another program is changing it")
            }
        }
    }

    /// Deletes what a process that was killed left beside the file.
    func tidy() {
        guard let path = FileSystem.realPath(file) else { return }
        ContestedFile(path: path).tidy()
    }

    /// The records by the hashes of addresses. A file that was made and not yet written has none.
    private static func decode(_ data: Data) throws -> [String: Record] {
        guard !data.isEmpty else { return [:] }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode([String: Record].self, from: data)
    }

    private static func encode(_ records: [String: Record]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(records)
    }
}

extension ModelDownload {
    /// The SHA-256 of the URL, because the URL may contain secrets.
    var urlHash: String { SHA256.hash(data: Data(url.absoluteString.utf8)).hexadecimal }
}

/// How a download without `sha256` in its entry compares with what its address gave before.
package struct HashComparison: Sendable, Equatable {
    package let sha256: String
    /// The recorded hash; `nil` if this is the first download from there.
    package let former: String?
    /// Whether it came over https.
    package let isEncrypted: Bool
    /// Why the hash could not be recorded; `nil` if it was.
    package let failure: String?

    /// The comparison in a sentence about the model of this name.
    func text(about model: String) -> String {
        if former == sha256 { return "\(model) is the same file as at its first download (SHA-256 \(sha256))" }
        let start =
            if let former {
                "\(model) has changed since its first download and was accepted: it had the SHA-256 \(former)."
            } else if isEncrypted {
                "\(model) is not verified beyond https, because its entry has no sha256."
            } else {
                "\(model) came over http, without TLS, and is not verified: its entry has no sha256, so anybody on the "
                    + "way may have changed it."
            }
        guard let failure else {
            return "\(start) The SHA-256 \(sha256) was recorded; another file from there will be refused"
        }
        return "\(start) Its SHA-256 is \(sha256), which could not be recorded. \(failure)"
    }
}
