import Essentials

/// What a download put into a model's directory: these files, and no others, may be deleted again.
struct DownloadRecord: Codable, Equatable {
    /// The file that the record is kept in, in the model's directory.
    static let fileName = ".asr2clip-download.json"

    /// Where the files came from, without credentials.
    var source: String
    /// The SHA-256 of the download.
    var sha256: String
    /// When they came.
    var date = Date()
    /// Their sizes in bytes by their paths below the model's directory. One of another size now is not ours any more.
    var files: [String: Int64] = [:]

    /// The record in a directory; `nil` if there is none that can be read.
    static func read(in directory: String) -> Self? {
        guard let data = FileManager.default.contents(atPath: directory + "/" + fileName) else { return nil }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try? decoder.decode(Self.self, from: data)
    }

    /// Writes the record, and with it what an earlier one in the directory knew. Nobody ever sees half a record.
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
