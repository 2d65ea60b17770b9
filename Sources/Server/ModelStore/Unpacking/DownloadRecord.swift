import Essentials

/// The files that a download put into a model's directory: only these may be deleted again.
struct DownloadRecord: Codable, Equatable {
    static let fileName = ".asr2clip-download.json"

    var source: String
    var sha256: String
    var date = Date()
    /// Their sizes in bytes by path below the model's directory. A file that now has another size is not deleted.
    var files: [String: Int64] = [:]

    /// The record in a directory; `nil` if there is none or it cannot be read.
    static func read(in directory: String) -> Self? {
        guard let data = FileManager.default.contents(atPath: directory + "/" + fileName) else { return nil }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try? decoder.decode(Self.self, from: data)
    }

    /// Writes the record, merged with an earlier one in the directory. The file is written atomically.
    func write(in directory: String) throws(SystemError) {
        let path = directory + "/" + Self.fileName
        var record = self
        record.files.merge(Self.read(in: directory)?.files ?? [:]) { new, _ in new }
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(record).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw SystemError("write", path, reason: SystemReason.words(for: error))
        }
    }
}
